"""The streams that the checks decode, and what `barerock frames --output json` says of each."""

import base64
import json
import os
import re
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEDIA_TYPE = "application/vnd.amazon.eventstream"


def barerock() -> str:
    """The program: BAREROCK, or the newest that cargo built."""
    if given := os.environ.get("BAREROCK"):
        return given
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [path for profile in ("debug", "release") if (path := target / profile / "barerock").exists()]
    if not built:
        raise SystemExit(f"error: no barerock in {target}: run cargo build -p barerock-cli")
    return str(max(built, key=lambda path: path.stat().st_mtime))


@dataclass
class Stream:
    """A body, its frames and its verdict."""

    name: str
    body: bytes
    frames: list[dict]
    verdict: dict


def stream(name: str, body: bytes) -> Stream:
    run = subprocess.run([barerock(), "frames", "--output", "json", "-"], input=body, capture_output=True)
    *frames, verdict = [json.loads(line) for line in run.stdout.splitlines()]
    return Stream(name, body, frames, verdict)


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    block = b""
    for name, value in headers.items():
        for data, form in ((name.encode(), ">B"), (b"\x07", ""), (value.encode(), ">H")):
            block += (struct.pack(form, len(data)) if form else b"") + data
    message = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    message += struct.pack(">I", zlib.crc32(message)) + block + payload
    return message + struct.pack(">I", zlib.crc32(message))


# What would clear a terminal, end a line or turn text around, in every place that is shown.
CONTROLS = "\x1b[2J\r\n\x9b2J\u202e\x7f"
HOSTILE = frame(
    {":message-type": "event", ":event-type": CONTROLS, "name" + CONTROLS: "x"},
    json.dumps({CONTROLS: CONTROLS, "raw": "\x9b\u202e\x7f"}, ensure_ascii=False).encode(),
)


def controls(text: str) -> list[str]:
    """The characters in output that a terminal would obey."""
    return sorted({c for c in text if c in CONTROLS and c not in "[2J\r\n"})


def all_streams() -> list[Stream]:
    """Every fixture that is sent as an event stream, and one frame cut at every byte and with every byte changed."""
    bodies = {}
    for kind in ("valid", "invalid"):
        for path in sorted((ROOT / "fixtures/eventstream" / kind).iterdir()):
            if path.suffix != ".json":
                bodies[f"{kind}-{path.name}"] = path.read_bytes()
    for path in sorted((ROOT / "fixtures/converse").iterdir()):
        headers = dict(json.loads((path / "response.json").read_text())["headers"])
        if headers.get("Content-Type") == MEDIA_TYPE:
            bodies[path.name] = (path / "response.body").read_bytes()
    bodies["hostile"] = HOSTILE
    whole = bodies["valid-event"]
    for at in range(1, len(whole), 3):
        bodies[f"event-cut-{at}"] = whole[:at]
        bodies[f"event-changed-{at}"] = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
    return [stream(name, body) for name, body in bodies.items()]


def recordings() -> list[Stream]:
    """Every event stream in the folders of BAREROCK_CAPTURES, if that is set."""
    folder, bodies = os.environ.get("BAREROCK_CAPTURES"), {}
    for path in sorted(Path(folder).rglob("response.json")) if folder else []:
        headers = {name.lower(): value for name, value in json.loads(path.read_text())["headers"]}
        if headers.get("content-type") == MEDIA_TYPE:
            bodies[f"recording-{len(bodies)}-{path.parent.name}"] = path.with_name("response.body").read_bytes()
    return [stream(re.sub(r"[^\w-]", "-", name), body) for name, body in bodies.items()]


def payload_of(data: bytes) -> dict:
    """A payload in the form of `frames --output json`."""
    try:
        return {"json": json.loads(data.decode())}
    except ValueError:
        return {"base64": base64.b64encode(data).decode()}


def differences(expected: Stream, frames: list[dict], verdict: dict) -> list[str]:
    """What another decoder says otherwise, frame by frame and member by member."""
    found = []
    for number in range(max(len(expected.frames), len(frames))):
        ours = expected.frames[number] if number < len(expected.frames) else {}
        theirs = frames[number] if number < len(frames) else {}
        for key in ours.keys() | theirs.keys():
            if ours.get(key) != theirs.get(key):
                found.append(f"frame {number + 1}: {key}: {ours.get(key)!r}, decoded {theirs.get(key)!r}")
    for key in ("verdict", "frames", "bytes", "offset"):
        if expected.verdict[key] != verdict.get(key):
            found.append(f"{key}: {expected.verdict[key]!r}, decoded {verdict.get(key)!r}")
    return [f"{expected.name}: {text}" for text in found]


class Tally:
    """Counts what passed and collects what did not."""

    def __init__(self, title: str):
        self.title, self.passed, self.failed = title, 0, []

    def add(self, problems: list[str]) -> None:
        self.failed += problems
        self.passed += not problems

    def report(self) -> bool:
        for text in self.failed[:40]:
            print(f"  {text}")
        print(f"{self.title}: {self.passed} passed, {len(self.failed)} failed")
        return not self.failed and self.passed > 0
