"""Compares what the mitmproxy content view shows with `barerock frames --output json`."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from .pcap import CHUNKED, chunks
from .replay import Replay, ask, path_of
from .streams import ROOT, Stream, Tally, barerock, controls, differences, stream

SCRIPT = ROOT / "contrib/mitmproxy/eventstream.py"


def mitmdump() -> str | None:
    """The program, from the path or from the virtual environment that contrib/README.md makes."""
    installed = ROOT / "target/tools/mitmproxy/bin/mitmdump"
    return shutil.which("mitmdump") or (str(installed) if installed.exists() else None)


class Proxy:
    """mitmdump with the content view, in front of a port, and what it prints."""

    def __init__(self, folder: Path, upstream: int, *options: str):
        folder.mkdir()
        self.out, self.port = folder / "out", free_port()
        command = [mitmdump(), "-s", SCRIPT, "--flow-detail", "3", "--set", f"confdir={folder}", *options]
        command += ["--mode", f"reverse:http://127.0.0.1:{upstream}", "--listen-port", str(self.port)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(command, stdout=self.out.open("wb"), stderr=subprocess.STDOUT, env=environment)
        deadline = time.monotonic() + 60
        while "listening at" not in self.text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("error: mitmdump does not start:\n" + self.text())
            time.sleep(0.1)

    def text(self) -> str:
        return self.out.read_text()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def shown(text: str) -> list[tuple[list[dict], dict, list[str]]]:
    """The frames, the verdict and the faults of each stream that the view printed."""
    streams, frames, faults, verdict = [], [], [], None
    for line in text.splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        value = re.sub(r"  # [^\"]*$", "", value)
        if line.startswith("    - frame: "):
            frames.append({"headers": []})
        elif line.startswith("    - verdict: "):
            whole = frames[:-1] if faults else frames
            verdict = {"verdict": value}
            streams.append((whole, verdict, faults))
            frames, faults = [], []
        elif line.startswith("        - {name: "):
            name, kind, value = re.fullmatch(r"\{name: (\".*\"), type: (\w+), value: (.*)\}", line.strip()[2:]).groups()
            frames[-1]["headers"].append({"name": json.loads(name), "type": kind, "value": json.loads(value)})
        elif key == "fault":
            faults.append(json.loads(value))
        elif key == "payload":
            form = "base64" if line.endswith("base64") else "json"
            frames[-1]["payload"] = {form: json.loads(value)}
        elif key in ("offset", "total_length", "headers_length", "prelude_crc", "message_crc", "bytes", "frames"):
            (frames[-1] if frames else verdict)[key] = json.loads(value)
            if key.endswith("_crc") and frames and "MISMATCH" in line:
                faults.append(f"{key} is marked")
    return streams


def problems(expected: Stream, decoded: tuple | None) -> list[str]:
    if decoded is None:
        return [f"{expected.name}: not shown"]
    frames, verdict, faults = decoded
    found = differences(expected, frames, verdict)
    if bool(faults) != (expected.verdict["verdict"] not in ("complete", "exception", "error")):
        found.append(f"{expected.name}: faults {faults}, verdict {expected.verdict['verdict']}")
    if "CRC mismatch" in str(faults) and "is marked" not in str(faults):
        found.append(f"{expected.name}: no CRC is marked in {faults}")
    return found


def check_view(folder: Path, streams: list[Stream]) -> bool:
    """Every stream from `barerock replay` through mitmdump: shown as it is, passed on unchanged."""
    tally = Tally("mitmproxy, between a client and barerock replay")
    with Replay(folder / "fixtures", streams, "--chunk", "11") as replay, Proxy(folder / "proxy", replay.port) as proxy:
        bodies = ask(proxy.port, streams)
    decoded = shown(proxy.text())
    for index, expected in enumerate(streams):
        tally.add(problems(expected, decoded[index] if index < len(decoded) else None))
        tally.add([] if bodies[index] == expected.body else [f"{expected.name}: the body was changed on the way"])
    found = controls(proxy.text())
    tally.add([f"control characters in the output: {found}"] if found else [])
    return tally.report()


def check_client(folder: Path, streams: list[Stream]) -> bool:
    """barerock through mitmdump to `barerock replay`, a stream that is whole and one that breaks off."""
    tally = Tally("mitmproxy, between barerock and barerock replay")
    whole = next(one for one in streams if one.name == "tutorial-stream")
    cut = stream("cut-at-400", whole.body[:400])
    environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}
    environment |= {"AWS_REGION": "us-east-1", "HOME": str(folder), "AWS_MAX_ATTEMPTS": "1"}
    messages = json.dumps([{"role": "user", "content": [{"text": "hi"}]}])
    options = ["--match", "any", "--fault", "close-after=400@2"]
    with Replay(folder / "one", [whole], *options) as replay, Proxy(folder / "client", replay.port) as proxy:
        for expected, code in ((whole, 0), (cut, 4)):
            command = [barerock(), "converse-stream", "--endpoint-url", f"http://127.0.0.1:{proxy.port}"]
            command += ["-m", "check", "--messages", messages, "--output", "frames"]
            run = subprocess.run(command, capture_output=True, env=environment)
            *frames, verdict = [json.loads(line) for line in run.stdout.splitlines()] or [{}]
            tally.add(differences(expected, frames, verdict))
            text = f"{expected.name}: exit code {run.returncode}: {run.stderr!r}"
            tally.add([] if run.returncode == code else [text])
    decoded = shown(proxy.text())
    for index, expected in enumerate((whole, cut)):
        tally.add(problems(expected, decoded[index] if index < len(decoded) else None))
    return tally.report()


def check_pass_through(folder: Path, streams: list[Stream]) -> bool:
    """The first frame reaches the client before the server sends the second."""
    tally = Tally("mitmproxy, pieces passed on as they arrive")
    two = next(one for one in streams if one.name == "valid-two-frames")
    listener, arrived = socket.create_server(("127.0.0.1", 0)), threading.Event()
    first, second = two.body[: two.frames[0]["total_length"]], two.body[two.frames[0]["total_length"] :]

    def serve() -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(CHUNKED + b"".join(chunks(first, 50)))
        if arrived.wait(30):
            connection.sendall(b"".join(chunks(second, 50)) + b"0\r\n\r\n")
        connection.close()

    server = threading.Thread(target=serve)
    server.start()
    with Proxy(folder / "through", listener.getsockname()[1]) as proxy:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
        connection.request("POST", path_of(two), "{}", {"Content-Type": "application/json"})
        try:
            response = connection.getresponse()
            body = response.read(len(first))
            arrived.set()
            body += response.read()
        except (TimeoutError, http.client.HTTPException) as error:
            body = repr(error).encode()
    arrived.set()
    server.join()
    tally.add([] if body == two.body else [f"the client got {body[:80]!r}"])
    tally.add(problems(two, (shown(proxy.text()) + [None])[0]))
    return tally.report()
