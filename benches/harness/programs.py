"""Whole programs: a long stream from `barerock replay` through each client, and what the process took."""

import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from contenders import INPUTS, ROOT, TARGET, must

LENGTHS = [1_000, 10_000, 100_000]
# Calls of one program for the time to the first event.
CALLS = 11
# Streams at once, the events of each, and the time between two of them.
AT_ONCE, EVENTS, PACE_MS = 1_000, 100, 20


def fixture(folder, stream):
    """An exchange whose response body is the stream."""
    folder.mkdir(parents=True)
    request = {"method": "POST", "uri": "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream", "headers": [["content-type", "application/json"]], "body": '{"messages":[]}'}
    response = {"status": 200, "headers": [["content-type", "application/vnd.amazon.eventstream"]]}
    (folder / "request.json").write_text(json.dumps(request))
    (folder / "response.json").write_text(json.dumps(response))
    shutil.copy(stream, folder / "response.body")


class Replay:
    """`barerock replay` with one stream: by default at full speed, in chunks of 16 KiB. Over TLS, `trust` has the variable that names
    its authority's certificate."""

    def __init__(self, stream, *options, tls=False):
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        fixture(folder / "fixtures" / "long", stream)
        ca_file = folder / "ca.pem"
        self.trust = {"AWS_CA_BUNDLE": str(ca_file)} if tls else {}
        command = [TARGET / "release" / "barerock", "replay", "--fixtures", folder / "fixtures", "--match", "any", *(options or ("--chunk", "16384"))]
        command += ["--tls", "--tls-ca", ca_file] if tls else []
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.server.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        self.folder.cleanup()


def client(contender, replay, calls=1, command="client"):
    """Runs one program to its end: its output and its CPU seconds."""
    environment = {**contender.environment(), **replay.trust}
    process = subprocess.Popen(contender.command(command, replay.url, calls), stdout=subprocess.PIPE, text=True, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{contender.key} client failed")
    return json.loads(output), usage.ru_utime + usage.ru_stime


def syscalls(contender, url):
    """Number of system calls of one run, where strace is installed."""
    if shutil.which("strace") is None:
        return None
    with tempfile.NamedTemporaryFile() as counts:
        command = ["strace", "-f", "-c", "-o", counts.name, *contender.command("client", url, 1)]
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=contender.environment()).returncode != 0:
            return None
        total = re.search(r"^100\.00\s.*?(\d+)(?:\s+\d+)?\s+total$", Path(counts.name).read_text(), re.M)
    return int(total[1]) if total else None


def first_event(contender, replay, rounds):
    """Milliseconds from the call to its first event: of the first call of a process, of the first after `connect()`, over a kept
    connection, and of a new client that has connected, in a process that has made calls."""

    def calls(command):
        return [client(contender, replay, CALLS, command)[0]["first_ns"] for _ in range(rounds)]

    found = {}
    firsts = calls("client")
    found["new"] = statistics.median(first[0] for first in firsts) / 1e6
    found["kept"] = statistics.median(statistics.median(first[1:]) for first in firsts) / 1e6
    if contender.tasks["client"].get("connects"):
        firsts = calls("connected")
        found["connected"] = statistics.median(first[0] for first in firsts) / 1e6
        found["connected_again"] = statistics.median(statistics.median(first[1:]) for first in firsts) / 1e6
    return found


def first_events(contenders, found, rounds):
    """The time to the first event of each client, over plain HTTP and over TLS."""
    with Replay(INPUTS / "message.stream") as plain, Replay(INPUTS / "message.stream", tls=True) as tls:
        for contender in contenders:
            times = found[contender.key]["first_event_ms"] = {"plain": first_event(contender, plain, rounds)}
            if contender.tasks["client"].get("kind") != "floor":
                times["tls"] = first_event(contender, tls, rounds)


def at_once(contenders, found, rounds, order):
    """Many streams at once, each event in a chunk of its own: CPU, memory, and by how much the slowest stream is late."""
    with Replay(INPUTS / f"message-{EVENTS}.stream", "--chunk", "frames", "--pace", f"{PACE_MS}ms") as replay:
        for _ in range(rounds):
            for contender in order.sample(contenders, len(contenders)):
                output, cpu = client(contender, replay, AT_ONCE, "streams")
                if len(output["total_ns"]) != AT_ONCE:
                    sys.exit(f"{contender.key}: {len(output['total_ns'])} of {AT_ONCE} streams")
                streams = found[contender.key].setdefault("streams", {"cpu": [], "memory_kb": [], "slowest": []})
                streams["cpu"].append(cpu)
                streams["memory_kb"].append(output["peak_kb"] or 0)
                streams["slowest"].append(max(output["total_ns"]) / 1e9)
    for program in found.values():
        program["streams"] = {name: statistics.median(values) for name, values in program["streams"].items()}


def run(contenders, quick):
    """One dictionary a client."""
    contenders = [contender for contender in contenders if "client" in contender.tasks]
    print("building barerock replay …", file=sys.stderr)
    must(["cargo", "build", "--release", "-p", "barerock-cli"], cwd=ROOT, env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)})
    rounds = 2 if quick else 5
    found = {contender.key: {"name": contender.tasks["client"]["name"], "cpu": {}, "memory_kb": {}, "seconds": []} for contender in contenders}
    order = random.Random(1)
    for length in LENGTHS:
        with Replay(INPUTS / f"message-{length}.stream") as replay:
            sums = set()
            for number in range(rounds):
                for contender in order.sample(contenders, len(contenders)):
                    slow = contender.language != "Rust" and number > 1
                    if slow:
                        continue
                    output, cpu = client(contender, replay)
                    if contender.tasks["client"].get("kind") != "floor":
                        sums.add(output["checksum"])
                    into = found[contender.key]
                    into["cpu"].setdefault(length, []).append(cpu)
                    into["memory_kb"].setdefault(length, []).append(output["peak_kb"] or 0)
                    if length == LENGTHS[-1]:
                        into["seconds"].append(output["total_ns"][0] / 1e9)
            if len(sums) != 1:
                sys.exit(f"the clients' events differ: {sums}")
            if length == LENGTHS[-1]:
                for contender in contenders:
                    found[contender.key]["syscalls"] = syscalls(contender, replay.url)
    first_events(contenders, found, rounds)
    at_once(contenders, found, 1 if quick else 3, order)
    for program in found.values():
        program["cpu"] = {str(length): statistics.median(values) for length, values in program["cpu"].items()}
        program["memory_kb"] = {str(length): statistics.median(values) for length, values in program["memory_kb"].items()}
        program["seconds"] = statistics.median(program["seconds"])
    return found
