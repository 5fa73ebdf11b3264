"""Compares what the Wireshark dissector shows with `barerock frames --output json`."""

import base64
import os
import re
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import pcap, shapes
from .replay import Replay, ask
from .streams import HOSTILE, ROOT, Stream, Tally, controls, differences, payload_of

PLUGIN = ROOT / "contrib/wireshark"
NOBODY = 65534
KINDS = ["true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"]


class Tshark:
    """tshark with the dissector loaded, in a folder that any user may read."""

    def __init__(self, folder: Path):
        self.folder, self.user = folder, {}
        folder.chmod(0o755)
        for path in PLUGIN.glob("*.lua"):
            shutil.copy(path, folder)
        self.empty = pcap.Capture(folder / "empty.pcap").write()
        if not self.is_loaded() and os.geteuid() == 0:
            # Newer versions ignore -X lua_script for root.
            self.user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        if not self.is_loaded():
            raise SystemExit("error: tshark does not load eventstream.lua")

    def run(self, *arguments: str) -> tuple[str, str]:
        command = ["tshark", "-X", f"lua_script:{self.folder}/eventstream.lua", *arguments]
        environment = {**os.environ, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        done = subprocess.run(command, capture_output=True, env=environment, cwd=self.folder, **self.user)
        return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def is_loaded(self) -> bool:
        # A filter that names an unknown protocol is an error.
        return "eventstream" not in self.run("-r", str(self.empty), "-Y", "eventstream")[1]

    def version(self) -> str:
        return re.search(r"\d+\.\d+\.\d+", self.run("--version")[0]).group()

    def decode(self, capture: Path, *options: str) -> dict[int, list]:
        """By TCP connection: the elements that the dissector added to the packets."""
        capture.chmod(0o644)
        protocols = ["-Y", "eventstream", "-J", "tcp http2 eventstream"]
        out, error = self.run("-r", str(capture), "-T", "pdml", *protocols, *options)
        if "Lua Error" in out + error:
            raise SystemExit("error: " + re.search(r"Lua Error[^\n\"]*", out + error).group())
        connections: dict[int, list] = {}
        for packet in ElementTree.fromstring(out):
            number = next(field.get("show") for field in packet.iter("field") if field.get("name") == "tcp.stream")
            connections.setdefault(int(number), []).extend(packet.iterfind(".//proto[@name='eventstream']"))
        return connections


def find(element, name: str, attribute: str = "show"):
    return next((field.get(attribute, "") for field in element.iter("field") if field.get("name") == name), None)


def number(element, name: str) -> int | None:
    text = find(element, name)
    return None if text is None else int(text)


def data(element, name: str) -> bytes:
    return bytes.fromhex(find(element, name, "value") or "")


def header_of(item) -> dict:
    kind = KINDS[number(item, "eventstream.header.type")]
    name = f"eventstream.header.{kind}"
    value = find(item, name)
    if kind in ("true", "false"):
        value = value in ("1", "True")
    elif kind == "string":
        value = data(item, name).decode()
    elif kind == "bytes":
        value = base64.b64encode(data(item, name)).decode()
    elif kind != "uuid":
        value = int(value)
    return {"name": data(item, "eventstream.header.name").decode(), "type": kind, "value": value}


def frame_of(item) -> dict:
    headers = [field for field in item.findall("field") if field.get("name") == "eventstream.header"]
    return {
        "offset": number(item, "eventstream.offset"),
        "total_length": number(item, "eventstream.total_length"),
        "headers_length": number(item, "eventstream.headers_length"),
        "prelude_crc": data(item, "eventstream.prelude_crc").hex(),
        "headers": [header_of(field) for field in headers],
        "payload": payload_of(data(item, "eventstream.payload")),
        "message_crc": data(item, "eventstream.message_crc").hex(),
    }


def problems(stream: Stream, elements: list) -> list[str]:
    """What the dissector's elements of one response say otherwise than the program."""
    fields = [field for element in elements for field in element.iter("field")]
    items = [field for field in fields if field.get("name") == "eventstream.frame"]
    is_broken = [find(item, "eventstream.fault") is not None for item in items]
    frames = [frame_of(item) for item, broken in zip(items, is_broken) if not broken]
    verdicts = [element for element in elements if find(element, "eventstream.verdict") is not None]
    verdict = {}
    if verdicts:
        places = {"frames": "frames", "bytes": "bytes", "offset": "verdict.offset"}
        verdict = {name: number(verdicts[-1], f"eventstream.{field}") for name, field in places.items()}
        verdict["verdict"] = find(verdicts[-1], "eventstream.verdict")
    found = differences(stream, frames, verdict)
    if len(verdicts) > 1:
        found.append(f"{stream.name}: {len(verdicts)} verdicts")
    # Faults are marked at the break, in the last frame that is shown, and nowhere else.
    marks = [find(element, "_ws.expert.message") for element in elements]
    expects_mark = stream.verdict["verdict"] not in ("complete", "exception", "error")
    if sum(is_broken) != expects_mark or expects_mark and not is_broken[-1]:
        found.append(f"{stream.name}: broken frames {is_broken}, verdict {stream.verdict['verdict']}")
    if expects_mark and not any(marks):
        found.append(f"{stream.name}: no expert item")
    for item, broken in zip(items, is_broken):
        states = [find(item, f"eventstream.{name}.ok") for name in ("prelude_crc", "message_crc")]
        is_bad = any(state in ("0", "False") for state in states)
        if is_bad != ("CRC mismatch" in (find(item, "eventstream.fault") or "")):
            found.append(f"{stream.name}: CRC states {states}")
    return found


def check_capture(tshark: Tshark, folder: Path, streams: list[Stream]) -> bool | None:
    """`barerock replay` over the loopback, captured as it happens."""
    tally = Tally("wireshark, loopback capture of barerock replay")
    for chunk in ("frames", "11", "whole"):
        chosen = streams if chunk == "frames" else [s for s in streams if len(s.body) < 3000][:40]
        with Replay(folder / f"replay-{chunk}", chosen, "--chunk", chunk) as replay:
            capture = folder / f"replay-{chunk}.pcapng"
            command = ["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {replay.port}", "-w", str(capture)]
            dumpcap = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            started = next((line for line in dumpcap.stderr if line.startswith(b"File:")), None)
            if started is None:
                dumpcap.wait()
                print("wireshark, loopback capture: skipped: no permission to capture on lo")
                return None
            try:
                ask(replay.port, chosen)
                ask(replay.port, chosen[:20], connection_each=False)
                # The kernel hands a block of packets over within a second.
                time.sleep(1.5)
            finally:
                dumpcap.send_signal(signal.SIGINT)
                dumpcap.wait()
        decoded = tshark.decode(capture, "-d", f"tcp.port=={replay.port},http")
        for index, stream in enumerate(chosen):
            tally.add(problems(stream, decoded.get(index, [])))
        for stream, elements in zip(chosen[:20], responses(decoded.get(len(chosen), []), 20)):
            tally.add(problems(stream, elements))
    return tally.report()


def check_shapes(tshark: Tshark, folder: Path, streams: list[Stream]) -> bool:
    """Cuts, orders and versions of HTTP that replay does not send, in one pass and in two."""
    tally = Tally("wireshark, shapes of a body")
    capture = pcap.Capture(folder / "shapes.pcap")
    expected = shapes.write(capture, streams)
    path = capture.write()
    options = ["-d", f"tcp.port=={pcap.HTTP1},http", "-d", f"tcp.port=={pcap.HTTP2},http2"]
    options += ["-o", "tcp.reassemble_out_of_order:TRUE"]
    for passes in ([], ["-2"]):
        decoded = tshark.decode(path, *options, *passes)
        for index, (shape, carried) in enumerate(expected.items()):
            for stream, elements in zip(carried, responses(decoded.get(index, []), len(carried))):
                tally.add([f"{shape}: {text}" for text in problems(stream, elements)])
    line = capture.connection()
    line.respond(pcap.CHUNKED, *pcap.chunks(HOSTILE, 50), pcap.LAST_CHUNK)
    capture.write()
    summary, tree = (tshark.run("-r", str(path), *options, *form)[0] for form in ([], ["-V"]))
    # Wireshark shows the values of fields by its own rules: there, only the start of a control sequence is looked for.
    found = controls(summary) + ["\x1b" for _ in range("\x1b" in tree)]
    tally.add([f"control characters in the output: {found}"] if found else [])
    # Payloads are decoded as JSON, and a filter finds headers and faults.
    for query, name in (
        ('json.key == "delta"', "json.value.string"),
        ('eventstream.event_type == "contentBlockDelta"', "eventstream.event_type"),
        ('eventstream.verdict == "truncated"', "eventstream.fault"),
    ):
        shown = tshark.run("-r", str(path), *options, "-Y", query, "-T", "fields", "-e", name)[0]
        tally.add([] if shown.strip() else [f"the filter {query} finds nothing"])
    return tally.report()


def check_recordings(tshark: Tshark, folder: Path, recorded: list[Stream]) -> bool:
    tally = Tally("wireshark, recordings")
    capture = pcap.Capture(folder / "recordings.pcap")
    for stream in recorded:
        line = capture.connection()
        line.request()
        line.respond(pcap.CHUNKED, *pcap.chunks(stream.body, 333), pcap.LAST_CHUNK)
        line.close()
    decoded = tshark.decode(capture.write(), "-d", f"tcp.port=={pcap.HTTP1},http")
    for index, stream in enumerate(recorded):
        tally.add(problems(stream, decoded.get(index, [])))
    return tally.report()


def responses(elements: list, count: int) -> list[list]:
    """The elements of each response of a connection: its own end with a verdict."""
    parts = [[]]
    for element in elements:
        parts[-1].append(element)
        if find(element, "eventstream.verdict") is not None:
            parts.append([])
    return (parts + [[]] * count)[:count] if count > 1 else [elements]
