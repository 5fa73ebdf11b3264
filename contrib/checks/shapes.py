"""Bodies in every shape that HTTP gives them: which connection carries which streams."""

from . import pcap
from .pcap import CHUNKED, LAST_CHUNK, chunks, head
from .streams import Stream, stream


def write(capture: pcap.Capture, streams: list[Stream]) -> dict[str, list[Stream]]:
    """Adds a connection a shape to the capture, and says what each carries, in order."""
    named = {stream.name: stream for stream in streams}
    two, event = named["valid-two-frames"], named["valid-event"]
    cut, kinds = named["error-stream-truncated"], named["valid-all-header-types"]
    shapes: dict[str, list[Stream]] = {}

    def connection(shape: str, *carried: Stream) -> pcap.Connection:
        shapes[shape] = list(carried)
        opened = capture.connection()
        opened.request(pcap.REQUEST)
        return opened

    line = connection("content-length", two)
    line.respond(head(b"Content-Length: %d" % len(two.body)) + two.body)
    line.close()
    line = connection("until the connection closes", two)
    line.respond(head(b"Connection: close"), two.body[:100], two.body[100:])
    line.close()
    for size in (1, 7, 1000):
        line = connection(f"chunks of {size}, a segment each", two)
        line.respond(CHUNKED, *chunks(two.body, size), LAST_CHUNK)
        line.close()
    line = connection("everything in one segment", kinds)
    line.respond(CHUNKED + b"".join(chunks(kinds.body, 20)) + LAST_CHUNK)
    line.close()
    line = connection("segments of one byte", event)
    response = b"".join(chunks(event.body, 50)) + LAST_CHUNK
    line.respond(CHUNKED, *(response[at : at + 1] for at in range(len(response))))
    line.close()
    line = connection("segments out of order and twice", two)
    line.reorder(CHUNKED, *chunks(two.body, 60), LAST_CHUNK)
    line.close()
    line = connection("two responses on a connection", two, cut, event)
    for body in (two.body, cut.body, event.body):
        line.respond(CHUNKED, *chunks(body, 100), LAST_CHUNK)
        line.request()
    line.close()
    for size in (5, 12, 168, 200, 314):
        part = stream(f"cut-at-{size}", two.body[:size])
        for name, end in (("closed", pcap.Connection.close), ("reset", pcap.Connection.reset)):
            line = connection(f"{name} after {size} bytes", part)
            line.respond(CHUNKED, *chunks(part.body, 100))
            end(line)
    part = stream("cut-in-chunk", two.body[:60])
    line = connection("closed inside a chunk", part)
    line.respond(CHUNKED + chunks(two.body, 300)[0][: 60 + len(b"12c\r\n")])
    line.close()
    for size in (7, 90):
        reset = stream("reset", kinds.body[:50])
        shapes[f"HTTP/2, pieces of {size}, two streams at a time, one of them reset"] = [two, reset]
        line = capture.connection(pcap.HTTP2)
        line.request(pcap.h2_request(1, 3))
        line.respond(pcap.h2_frame(pcap.SETTINGS, 0, 0) + pcap.h2_head(1) + pcap.h2_head(3))
        pieces = [two.body[at : at + size] for at in range(0, len(two.body), size)]
        line.respond(pcap.h2_frame(pcap.DATA, 0, 1, pieces[0]) + pcap.h2_frame(pcap.DATA, 0, 3, reset.body))
        for piece in pieces[1:-1]:
            line.respond(pcap.h2_frame(pcap.DATA, 0, 1, piece))
        line.respond(pcap.h2_frame(pcap.DATA, pcap.END_STREAM, 1, pieces[-1]))
        line.respond(pcap.h2_frame(pcap.RST_STREAM, 0, 3, bytes(4)))
        line.close()
    shapes["HTTP/2, a stream in each direction"] = [two, kinds]
    line = capture.connection(pcap.HTTP2)
    line.request(pcap.h2_preface() + pcap.h2_head(1, request=True))
    line.respond(pcap.h2_frame(pcap.SETTINGS, 0, 0) + pcap.h2_head(1))
    line.request(pcap.h2_frame(pcap.DATA, 0, 1, kinds.body[:100]))
    line.respond(pcap.h2_frame(pcap.DATA, pcap.END_STREAM, 1, two.body))
    line.request(pcap.h2_frame(pcap.DATA, pcap.END_STREAM, 1, kinds.body[100:]))
    line.close()
    return shapes
