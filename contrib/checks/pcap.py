"""Writes captures of HTTP responses that no server sends on request: cut, reordered, multiplexed."""

import struct
from pathlib import Path

CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
HTTP1, HTTP2 = 8080, 8081  # ports
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
REQUEST = (
    b"POST /model/x/converse-stream HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"content-length: 2\r\n\r\n{}"
)


class Capture:
    """A file of raw IPv4 packets."""

    def __init__(self, path: Path):
        self.path, self.connections, self.packets = path, 0, []

    def connection(self, port: int = HTTP1) -> "Connection":
        self.connections += 1
        return Connection(self, 20000 + self.connections, port)

    def write(self) -> Path:
        with self.path.open("wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
            for number, packet in enumerate(self.packets):
                second, millisecond = divmod(number, 1000)
                length = len(packet)
                out.write(struct.pack("<IIII", 1_700_000_000 + second, millisecond * 1000, length, length) + packet)
        return self.path


class Connection:
    """A TCP connection, from its handshake on."""

    def __init__(self, capture: Capture, *ports: int):
        self.capture, self.ports, self.sent = capture, ports, {CLIENT: 1000, SERVER: 5000}
        self.packet(CLIENT, SYN)
        self.packet(SERVER, SYN | ACK)
        self.packet(CLIENT, ACK)

    def packet(self, sender: bytes, flags: int, data: bytes = b"", at: int | None = None) -> None:
        receiver = SERVER if sender == CLIENT else CLIENT
        ports = self.ports if sender == CLIENT else reversed(self.ports)
        sequence = self.sent[sender] if at is None else at
        tcp = struct.pack(">HHIIBBHHH", *ports, sequence, self.sent[receiver], 5 << 4, flags, 65535, 0, 0) + data
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0, sender, receiver)
        self.capture.packets.append(ip + tcp)
        self.sent[sender] = max(self.sent[sender], sequence + len(data) + bool(flags & (SYN | FIN)))

    def request(self, data: bytes = REQUEST) -> None:
        self.packet(CLIENT, PSH | ACK, data)

    def respond(self, *segments: bytes) -> None:
        for segment in segments:
            for at in range(0, len(segment), 1400):
                self.packet(SERVER, PSH | ACK, segment[at : at + 1400])

    def reorder(self, *segments: bytes) -> None:
        """The segments in the wrong order, the first of them twice."""
        first = self.sent[SERVER]
        places = [first + sum(map(len, segments[:number])) for number in range(len(segments))]
        order = [0, *range(2, len(segments)), 1, 0] if len(segments) > 2 else [0, 0, *range(1, len(segments))]
        for number in order:
            self.packet(SERVER, PSH | ACK, segments[number], places[number])

    def close(self) -> None:
        self.packet(SERVER, FIN | ACK)
        self.packet(CLIENT, FIN | ACK)

    def reset(self) -> None:
        self.packet(SERVER, RST | ACK)


def head(*fields: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: application/vnd.amazon.eventstream", *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


CHUNKED = head(b"Transfer-Encoding: chunked")
LAST_CHUNK = b"0\r\n\r\n"


def chunks(body: bytes, size: int) -> list[bytes]:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]


# HTTP/2 (RFC 9113): frames, and header fields that need no compression.
DATA, HEADERS, RST_STREAM, SETTINGS = 0, 1, 3, 4
END_STREAM, END_HEADERS = 1, 4


def h2_frame(kind: int, flags: int, number: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, number) + payload


FIELDS = b"\x83\x86\x84\x01\x01x"  # POST, http, /, :authority x


def h2_preface() -> bytes:
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2_frame(SETTINGS, 0, 0)


def h2_request(*numbers: int) -> bytes:
    requests = [h2_frame(HEADERS, END_STREAM | END_HEADERS, number, FIELDS) for number in numbers]
    return h2_preface() + b"".join(requests)


def h2_head(number: int, request: bool = False) -> bytes:
    """Header fields with the media type: of a response, or of a request whose body follows."""
    media_type = b"application/vnd.amazon.eventstream"
    # :status 200, and content-type as a literal with the name's index 31.
    fields = (FIELDS if request else b"\x88") + b"\x0f\x10" + bytes([len(media_type)]) + media_type
    return h2_frame(HEADERS, END_HEADERS, number, fields)
