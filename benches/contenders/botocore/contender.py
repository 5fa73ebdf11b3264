"""The contender `botocore`: `TASK FILE ITERATIONS`, or `client|streams URL CALLS`."""

import concurrent.futures
import json
import sys
import time
import zlib

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.eventstream
import botocore.session

CHUNK = 16 * 1024
MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
HOST = "bedrock-runtime.us-east-1.amazonaws.com"
PATH = "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
DATE = "20150830T123600Z"
# One of this many iterations is done before the clock starts.
WARM_UP = 5


class Items:
    def __init__(self, verified=False):
        self.count = self.bytes = 0
        self.checksum = 0 if verified else None

    def item(self, item):
        self.count += 1
        self.bytes += len(item)
        if self.checksum is not None:
            self.checksum = zlib.crc32(item, zlib.crc32(len(item).to_bytes(4, "big"), self.checksum))


class Body:
    """A response body as urllib3 gives it to botocore."""

    def __init__(self, data):
        self.data = data

    def stream(self):
        for start in range(0, len(self.data), CHUNK):
            yield self.data[start : start + CHUNK]

    def close(self):
        pass


def frames(data, items):
    buffer = botocore.eventstream.EventStreamBuffer()
    buffer.add_data(data)
    for message in buffer:
        items.item(message.payload)


def frames_of_chunks(data, items):
    buffer = botocore.eventstream.EventStreamBuffer()
    for chunk in Body(data).stream():
        buffer.add_data(chunk)
        for message in buffer:
            items.item(message.payload)


def item_of(event):
    """The text of a delta, or the type of another event."""
    ((name, value),) = event.items()
    if name == "contentBlockDelta":
        delta = value["delta"]
        text = delta.get("text")
        if text is None and "toolUse" in delta:
            text = delta["toolUse"]["input"]
        if text is None:
            text = delta["reasoningContent"]["text"]
        return text.encode()
    return name.encode()


def events(session):
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    shape = model.operation_model("ConverseStream").get_event_stream_output()
    parser = botocore.parsers.create_parser("rest-json")._event_stream_parser

    def once(data, items):
        stream = botocore.eventstream.EventStream(Body(data), shape, parser, "ConverseStream")
        for event in stream:
            items.item(item_of(event))

    return once


def sign(content_sha256):
    credentials = botocore.credentials.Credentials(*KEYS)
    signer = botocore.auth.SigV4Auth(credentials, "bedrock", "us-east-1")

    class Fixed:
        """Signs for one time, as the others do."""

        @staticmethod
        def now():
            import datetime

            return datetime.datetime(2015, 8, 30, 12, 36, 0)

    botocore.auth.get_current_datetime = Fixed.now

    def once(body, items):
        request = botocore.awsrequest.AWSRequest("POST", f"https://{HOST}{PATH}", {"Content-Type": "application/json"}, body)
        signer.add_auth(request)
        items.item(request.headers["Authorization"][-64:].encode())

    return once


def task(name):
    return {
        "frames": lambda: frames,
        "frames-chunks": lambda: frames_of_chunks,
        "events": lambda: events(None),
        "sign": lambda: sign(False),
    }[name]()


def run(name, path, iterations):
    with open(path, "rb") as file:
        data = file.read()
    once = task(name)
    verified = Items(verified=True)
    once(data, verified)
    for _ in range(iterations // WARM_UP):
        once(data, Items())
    timed = Items()
    start = time.perf_counter_ns()
    for _ in range(iterations):
        once(data, timed)
    elapsed = time.perf_counter_ns() - start
    count, size = timed.count // max(iterations, 1), timed.bytes // max(iterations, 1)
    assert (timed.count, timed.bytes) == (count * iterations, size * iterations), "iterations differ"
    checksum = f"{verified.checksum:08x}"
    print(json.dumps({"count": count, "bytes": size, "checksum": checksum, "iterations": iterations, "nanoseconds": elapsed}))


def peak_kb():
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except OSError:
        return None


def client(url, calls, at_once):
    import boto3
    import botocore.config

    runtime = boto3.client(
        "bedrock-runtime", region_name="us-east-1", endpoint_url=url, aws_access_key_id=KEYS[0], aws_secret_access_key=KEYS[1],
        config=botocore.config.Config(max_pool_connections=calls),
    )

    def stream(number):
        items, first = Items(verified=number == 0), None
        start = time.perf_counter_ns()
        response = runtime.converse_stream(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "Hello"}]}])
        for event in response["stream"]:
            first = first or time.perf_counter_ns() - start
            items.item(item_of(event))
        return items, first, time.perf_counter_ns() - start

    # A thread a stream: its I/O blocks.
    with concurrent.futures.ThreadPoolExecutor(calls if at_once else 1) as pool:
        items, first_ns, total_ns = zip(*pool.map(stream, range(calls)))
    about = {"count": items[0].count, "bytes": items[0].bytes, "checksum": f"{items[0].checksum:08x}"}
    print(json.dumps({**about, "first_ns": first_ns, "total_ns": total_ns, "peak_kb": peak_kb()}))


if sys.argv[1] in ("client", "streams"):
    client(sys.argv[2], int(sys.argv[3]), sys.argv[1] == "streams")
else:
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
