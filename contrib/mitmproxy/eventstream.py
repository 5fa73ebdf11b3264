"""mitmproxy content view for the Amazon Event Stream encoding, application/vnd.amazon.eventstream.

Install: nothing but this file. Needs mitmproxy 12 or newer (Python 3.12).

    mitmproxy -s eventstream.py          # or mitmweb, or mitmdump --flow-detail 3
    HTTPS_PROXY=http://127.0.0.1:8080 barerock chat --ca-bundle ~/.mitmproxy/mitmproxy-ca-cert.pem "Hello"

In front of an endpoint on plain HTTP, such as `barerock replay` at port 9000:

    mitmdump -s eventstream.py --flow-detail 3 --mode reverse:http://127.0.0.1:9000 -p 8080
    barerock converse-stream --endpoint-url http://127.0.0.1:8080 --cli-input-json file://request.json

The view decodes the body frame by frame, checks both CRCs, and ends with a verdict. A broken stream is shown up to
the byte where it breaks. The text is YAML, a payload that is JSON is shown as it was sent.

The addon passes each piece of such a body on as it arrives and keeps a copy (at most 64 MiB) for the view, also of a
body whose connection breaks. `--set eventstream_pass_through=false` leaves that to mitmproxy, which holds a body back
until it is complete.

Sentences in quotation marks are from the Amazon Event Stream Specification.
"""

import base64
import json
import re
import uuid
import zlib
from dataclasses import dataclass, field

from mitmproxy import contentviews, ctx, http

MEDIA_TYPE = "application/vnd.amazon.eventstream"
PRELUDE, OVERHEAD = 12, 16
MAX_MESSAGE, MAX_HEADERS, MAX_PAYLOAD = 16_777_216, 131_072, 25_165_824
MAX_VALUE, MAX_COUNT = 32_767, 1024
KEPT = 64 * 1024 * 1024

TYPES = ["true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"]
LENGTHS = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
BYTES, STRING, UUID = 6, 7, 9


class Fault(Exception):
    """What is wrong with a frame, and at which of its bytes."""

    def __init__(self, at: int, text: str):
        super().__init__(text)
        self.at = at


class Cut(Exception):
    """The stream ends inside a frame."""


@dataclass
class Frame:
    """A frame as far as it was decoded."""

    offset: int
    total_length: int | None = None
    headers_length: int | None = None
    prelude_crc: int | None = None
    headers: list[tuple[str, str, object]] = field(default_factory=list)
    payload: bytes | None = None
    message_crc: int | None = None

    def string(self, name: str) -> str:
        """The value of the string header of this name, or nothing."""
        return next((value for key, kind, value in self.headers if key == name and kind == "string"), "")

    def kind(self) -> tuple[str, str]:
        """The value of :message-type, and the name of what the message carries."""
        kind = self.string(":message-type")
        name = {"event": ":event-type", "exception": ":exception-type", "error": ":error-code"}.get(kind, "")
        return kind, self.string(name)


def check_crc(part: str, data: bytes, found: int, at: int) -> None:
    # "Both clients and servers MUST validate these checksums."
    computed = zlib.crc32(data)
    if found != computed:
        raise Fault(at, f"{part} CRC mismatch: found {found:08x}, computed {computed:08x}")


def check_lengths(total: int, headers: int) -> None:
    available = total - OVERHEAD
    if available < 0:
        raise Fault(0, f"total length {total} is less than the {OVERHEAD} bytes of an empty message")
    if total > MAX_MESSAGE:
        raise Fault(0, f"total length {total} is over the limit of {MAX_MESSAGE} bytes")
    if headers > MAX_HEADERS:
        # "The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB)."
        raise Fault(4, f"headers length {headers} is over the limit of {MAX_HEADERS} bytes")
    if headers > available:
        raise Fault(4, f"headers length {headers} does not fit into the message, which leaves {available} bytes")
    if available - headers > MAX_PAYLOAD:
        # "The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB)."
        raise Fault(0, f"payload length {available - headers} is over the limit of {MAX_PAYLOAD} bytes")


def text_of(part: str, data: bytes, at: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Fault(at + error.start, f"header {part} is not UTF-8") from None


def value_of(kind: int, data: bytes, at: int) -> object:
    if kind <= 1:
        return kind == 0
    if kind == BYTES:
        return base64.b64encode(data).decode()
    if kind == STRING:
        return text_of("value", data, at)
    return str(uuid.UUID(bytes=data)) if kind == UUID else int.from_bytes(data, signed=True)


def read_headers(block: bytes, headers: list) -> None:
    """Appends the headers of a block to `headers`, up to the first fault."""
    at, seen = 0, {}

    def take(part: str, length: int) -> bytes:
        nonlocal at
        left = len(block) - at
        if length > left:
            text = f"header {part} takes {length} bytes and the header block has {left} left"
            raise Fault(PRELUDE + at, text)
        at += length
        return block[at - length : at]

    while at < len(block):
        start = PRELUDE + at
        if len(headers) == MAX_COUNT:
            raise Fault(start, f"more than {MAX_COUNT} headers")
        name_length = take("name", 1)[0]
        if name_length == 0:
            # "Header names MUST be at least one byte long."
            raise Fault(start, "header name of no bytes")
        name = take("name", name_length)
        kind = take("type", 1)[0]
        length = LENGTHS.get(kind)
        if kind in (BYTES, STRING):
            length_at = PRELUDE + at
            length = int.from_bytes(take("value length", 2))
            if length > MAX_VALUE:
                raise Fault(length_at, f"header value of {length} bytes is over the limit of {MAX_VALUE}")
        elif length is None:
            # "The set of types is fixed and not open to extension."
            raise Fault(PRELUDE + at - 1, f"header type {kind} is none of the types 0 to 9")
        value = take("value", length)
        text = text_of("name", name, start + 1)
        value = value_of(kind, value, PRELUDE + at - length)
        if text in seen:
            # "Any given header name MUST only appear once in a message."
            raise Fault(start, f"header name occurs twice, first at frame offset {seen[text]}")
        seen[text] = start
        headers.append((text, TYPES[kind], value))


def read_frame(data: bytes, frame: Frame) -> None:
    """Decodes the frame at its offset, into its members up to the first fault or the end of the data."""
    rest = memoryview(data)[frame.offset :]
    words = [int.from_bytes(rest[at : at + 4]) for at in (0, 4, 8) if len(rest) >= at + 4]
    frame.total_length, frame.headers_length, frame.prelude_crc = words + [None] * (3 - len(words))
    if len(rest) < PRELUDE:
        raise Cut(f"prelude: {len(rest)} of {PRELUDE} bytes")
    check_crc("prelude", rest[:8], frame.prelude_crc, 8)
    check_lengths(frame.total_length, frame.headers_length)
    total, payload_at = frame.total_length, PRELUDE + frame.headers_length
    crc_at, fault = total - 4, None
    try:
        read_headers(bytes(rest[PRELUDE:payload_at]), frame.headers)
    except Fault as error:
        fault = error
    if len(rest) > payload_at:
        frame.payload = bytes(rest[payload_at:crc_at])
    if len(rest) < total:
        part = "header block" if len(rest) < payload_at else "payload" if len(rest) < crc_at else "message CRC"
        raise Cut(f"{part}: {len(rest)} of {total} bytes")
    frame.payload, frame.message_crc = bytes(rest[payload_at:crc_at]), int.from_bytes(rest[crc_at:total])
    check_crc("message", rest[:crc_at], frame.message_crc, crc_at)
    if fault:
        raise fault


LOOKS = [
    (rb"\x1f\x8b", "gzip data"), (rb"\x28\xb5\x2f\xfd", "Zstandard data"), (rb"[\x16\x17]\x03", "a TLS record"),
    (rb"\xd4\xc3\xb2\xa1|\n\r\r\n", "a packet capture"),
    (rb"[0-9a-f]{1,8}\r\n", "an HTTP body in chunked transfer coding"),
]  # fmt: skip
TEXTS = [
    (r"\s*[{\[]", "JSON"), (r"\s*<(!doctype html|html)", "HTML"), (r"\s*<", "XML"),
    (r"\s*(data|event):", "server-sent events"), (r"\s*\S", "text"),
]  # fmt: skip


def looks_like(start: bytes) -> str | None:
    """What is sent in place of an event stream looks like, by its first bytes."""
    start = start.removeprefix(b"\xef\xbb\xbf")[:64]
    for pattern, name in LOOKS:
        if re.match(pattern, start, re.IGNORECASE):
            return name
    # A character that the limit cuts is still text.
    tail = "ignore" if len(start) == 64 else "strict"
    try:
        text = start[:-3].decode() + start[-3:].decode(errors=tail)
    except UnicodeDecodeError:
        return None
    if any(ord(c) < 32 and c not in "\t\r\n" or c == "\x7f" for c in text):
        return None
    return next((name for pattern, name in TEXTS if re.match(pattern, text, re.IGNORECASE)), None)


def printable(text: str) -> str:
    """Text that cannot control a terminal; inside JSON strings the escapes mean the same characters."""

    def escape(c: str) -> str:
        return json.dumps(c)[1:-1] if ord(c) > 0xFFFF else f"\\u{ord(c):04x}"

    return "".join(c if c.isprintable() else escape(c) for c in text)


def quoted(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False))


def payload_text(payload: bytes) -> tuple[str, str]:
    """What the payload is, and its text."""
    size = "1 byte" if len(payload) == 1 else f"{len(payload)} bytes"

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        text = payload.decode()
        json.loads(text, parse_constant=refuse)
        # Line breaks in JSON stand between its tokens only.
        return f"{size} of JSON", printable(re.sub(r"[\r\n]", " ", text))
    except (ValueError, RecursionError):
        return f"{size}, base64", quoted(base64.b64encode(payload).decode())


def frame_lines(frame: Frame, number: int, error: Exception | None) -> list[str]:
    kind = " ".join(frame.kind()).strip() or "no message type"
    lines = [f"- frame: {number}  # {'broken' if error else printable(kind)}", f"  offset: {frame.offset}"]

    def crc(name: str, value: int | None, at: int) -> None:
        if value is not None:
            is_bad = isinstance(error, Fault) and error.at == at and "CRC mismatch" in str(error)
            lines.append(f'  {name}: "{value:08x}"  # {"MISMATCH" if is_bad else "ok"}')

    for name in ("total_length", "headers_length"):
        if getattr(frame, name) is not None:
            lines.append(f"  {name}: {getattr(frame, name)}")
    crc("prelude_crc", frame.prelude_crc, 8)
    if frame.headers:
        lines.append("  headers:")
    for name, kind, value in frame.headers:
        lines.append(f"    - {{name: {quoted(name)}, type: {kind}, value: {quoted(value)}}}")
    if frame.payload is not None:
        what, text = payload_text(frame.payload)
        lines.append(f"  payload: {text}  # {what}")
    crc("message_crc", frame.message_crc, (frame.total_length or 0) - 4)
    return lines


def prettify(data: bytes, dropped: int = 0) -> str:
    """The stream as YAML: a list of frames, and the verdict."""
    lines, number, offset, service = [], 0, 0, None
    verdict, at, error = "complete", len(data), None
    while offset < len(data):
        frame, fault = Frame(offset), None
        try:
            read_frame(data, frame)
        except (Fault, Cut) as caught:
            fault = caught
        lines += frame_lines(frame, number + 1, fault)
        if isinstance(fault, Cut):
            verdict, at, error = "truncated", len(data), f"the stream ends inside the {fault} are there"
        elif fault:
            verdict, at, error = "corrupt", offset + fault.at, str(fault)
            looks = number == 0 and fault.at <= 8 and looks_like(data)
            if looks:
                verdict, at, error = "not-an-event-stream", 0, f"looks like {looks}"
        if fault:
            lines.append(f"  fault: {quoted(error)}  # at offset {at}")
            lines.append(f"  bytes_from_here: {len(data) - offset}")
            break
        if frame.kind()[0] in ("exception", "error") and not service:
            service = (frame.kind()[0], offset, " ".join(frame.kind()) + f" in frame {number + 1}")
        number, offset = number + 1, offset + frame.total_length
    if service and verdict == "complete":
        verdict, at, error = service
    if dropped:
        verdict, error = "unknown", f"{dropped} more bytes were passed on and not kept"
    lines += [f"- verdict: {verdict}", f"  frames: {number}", f"  bytes: {len(data)}", f"  offset: {at}"]
    return "\n".join(lines + ([f"  error: {quoted(error)}"] if error else [])) + "\n"


def is_event_stream(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == MEDIA_TYPE


class EventStreamContentview(contentviews.Contentview):
    name = "Amazon Event Stream"
    syntax_highlight = "yaml"

    def prettify(self, data: bytes, metadata: contentviews.Metadata) -> str:
        flow = metadata.flow
        return prettify(data, flow.metadata.get(DROPPED, 0) if flow else 0)

    def render_priority(self, data: bytes, metadata: contentviews.Metadata) -> float:
        return 2 if is_event_stream(metadata.content_type) else -1


DROPPED = "eventstream_bytes_not_kept"


class PassThrough:
    """Passes event streams on as they arrive, and keeps a copy for the view."""

    def __init__(self):
        self.kept: dict[str, bytearray] = {}

    def load(self, loader) -> None:
        text = "Pass event streams on as they arrive, and keep a copy."
        loader.add_option("eventstream_pass_through", bool, True, text)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        if not (ctx.options.eventstream_pass_through and is_event_stream(flow.response.headers.get("content-type"))):
            return
        kept = self.kept[flow.id] = bytearray()

        def pass_on(piece: bytes) -> bytes:
            keep = piece[: KEPT - len(kept)]
            kept.extend(keep)
            if len(keep) < len(piece):
                flow.metadata[DROPPED] = flow.metadata.get(DROPPED, 0) + len(piece) - len(keep)
            return piece

        flow.response.stream = pass_on

    def response(self, flow: http.HTTPFlow) -> None:
        kept = self.kept.pop(flow.id, None)
        if kept is not None:
            flow.response.raw_content = bytes(kept)

    def error(self, flow: http.HTTPFlow) -> None:
        if flow.response:
            self.response(flow)


contentviews.add(EventStreamContentview)
addons = [PassThrough()]
