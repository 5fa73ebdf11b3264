"""What the size programs are run against: a stream of 400 events, on the loopback."""

import json
import os
import socket
import struct
import subprocess
import tempfile
import time
import zlib
from pathlib import Path

EVENTS = 400
MODEL = "example.size-v1:0"
# Some pieces hold escapes and letters beyond ASCII, as an answer's do.
PIECES = [" the", " quick", ",", "\n\n", " größe", ' "so"', " jumps", " over"]
ANSWER = "".join(PIECES[number % len(PIECES)] for number in range(EVENTS - 4))
# Longer than any run takes.
PATIENCE = 60


def frame(event_type, payload):
    """One frame of application/vnd.amazon.eventstream."""
    payload = json.dumps(payload, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    headers = b""
    for name, value in ((":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")):
        headers += struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def stream():
    deltas = [
        frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": PIECES[number % len(PIECES)]}, "p": "abcdefgh"})
        for number in range(EVENTS - 4)
    ]
    return b"".join([
        frame("messageStart", {"p": "abc", "role": "assistant"}),
        *deltas,
        frame("contentBlockStop", {"contentBlockIndex": 0, "p": "ab"}),
        frame("messageStop", {"p": "a", "stopReason": "end_turn"}),
        frame("metadata", {"metrics": {"latencyMs": 1}, "p": "a", "usage": {"inputTokens": 1, "outputTokens": 396, "totalTokens": 397}}),
    ])


def environment(endpoint):
    """Nothing but what the programs are told; the key is an example's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


class Replay:
    """`barerock replay`, which checks the signatures: a folder for each exchange, by its request's operation and the response's body."""

    def __init__(self, barerock, exchanges=None, match="any"):
        self.folder = tempfile.TemporaryDirectory()
        for number, (operation, request, response) in enumerate(exchanges or [("converse-stream", {}, stream())]):
            exchange = Path(self.folder.name) / str(number)
            exchange.mkdir()
            uri, headers = f"/model/{MODEL}/{operation}", [["content-type", "application/json"]]
            head = {"method": "POST", "uri": uri, "headers": headers, "body": json.dumps(request)}
            (exchange / "request.json").write_text(json.dumps(head))
            if operation == "converse-stream":
                headers = [["Content-Type", "application/vnd.amazon.eventstream"], ["Transfer-Encoding", "chunked"]]
            (exchange / "response.json").write_text(json.dumps({"status": 200, "headers": headers}))
            (exchange / "response.body").write_bytes(response)
        self.barerock, self.match = barerock, match
        self.process, self.url = self.start("--verify")

    def start(self, *options):
        command = [self.barerock, "replay", "--fixtures", self.folder.name, "--match", self.match, "--listen", "127.0.0.1:0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(""))
        line = process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"barerock replay did not start: {line!r}")
        return process, line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


def spawn(binary, url, *arguments):
    """Starts a program; its text comes through the pipe. The one without an HTTP stack gets a connection instead."""
    command = [binary, MODEL, "hello", *arguments]
    options = {"env": environment(url), "cwd": "/"}
    if not binary.name.endswith("byo"):
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.setblocking(True)
        return subprocess.Popen(command, stdin=connection, stdout=connection, stderr=subprocess.PIPE, **options)


def start_up(binary):
    """Seconds from the start of the program to the first byte of its request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        start = time.perf_counter()
        process = spawn(binary, "http://127.0.0.1:%d" % server.getsockname()[1])
        connection, _ = server.accept()
        with connection:
            connection.settimeout(PATIENCE)
            connection.recv(1)
            passed = time.perf_counter() - start
        process.kill()
        process.communicate()
    return passed


def high_water(pid):
    """The most memory a process has held so far, in KB; 0 once it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def peak_memory(binary, replay):
    """The most memory the program held while it read the whole stream, in KB; and that it printed the whole answer.

    The mark only rises, and it is read until the process is gone.
    """
    process, peak, end = spawn(binary, replay.url), 0, time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        peak = max(peak, high_water(process.pid))
    out, errors = process.communicate(timeout=PATIENCE)
    text = (errors if out is None else out).decode()
    if process.returncode != 0 or text != ANSWER:
        raise SystemExit(f"{binary.name} ended with {process.returncode} and {len(text)} of {len(ANSWER)} letters: {errors.decode()[-500:]}")
    return peak


# What a program must not take for an answer.
FAULTS = ["truncate=2000", "corrupt=3000", "status=400", "exception=modelStreamErrorException:5"]


def failures(program, binary, replay):
    """What of the faults the program takes for success."""
    found = []
    for fault in FAULTS:
        server, url = replay.start("--fault", fault)
        process = spawn(binary, url)
        _, errors = process.communicate(timeout=PATIENCE)
        if process.returncode == 0 or not errors:
            found.append(f"{program} ends with 0 after {fault}, or says nothing")
        server.kill()
        server.wait()
    return found
