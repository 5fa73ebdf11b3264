"""What is measured: groups of rows, and in each row the tasks that are compared over one input."""

from dataclasses import dataclass

from contenders import INPUTS

SIZES = [64, 128, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576]
BODIES = [500, 4096, 65_536]


@dataclass
class Row:
    group: str
    label: str
    input: str
    # The tasks whose results are equal; the lower bound is compared for `frames` only.
    tasks: list
    unit: str
    floor: str = ""
    # Contenders that are too slow for the row's length.
    without: tuple = ()


def rows():
    frames = ["frames", "frames-unchecked"]
    plan = [
        Row("frames", "one buffer", "deltas.stream", frames, "frame", "floor-frames"),
        Row("frames", "16 KiB chunks", "deltas.stream", ["frames-chunks"], "frame", "floor-frames"),
        Row("frames", "one by one", "deltas.stream", ["frames-one-by-one"], "frame", "floor-frames"),
        Row("frames", "event type changes", "mixed.stream", frames, "frame", "floor-frames"),
        Row("frames", "headers change", "changing.stream", frames, "frame", "floor-frames"),
    ]
    if (INPUTS / "recorded.stream").exists():
        plan.append(Row("frames", "recorded", "recorded.stream", frames, "frame", "floor-frames"))
        plan.append(Row("events", "recorded", "recorded.stream", ["events"], "event", "floor-frames"))
    plan += [Row("frame-size", str(size), f"size-{size}.stream", ["frames"], "frame", "floor-frames", ("aws_event_stream_parser",)) for size in SIZES]
    plan += [
        Row("events", "text", "deltas.stream", ["events"], "event", "floor-frames"),
        Row("events", "event type changes", "mixed.stream", ["events"], "event", "floor-frames"),
        Row("assemble", "events alone", "message.stream", ["events"], "stream", "", ("aws-sdk", "botocore")),
        Row("assemble", "assembled", "message.stream", ["assemble"], "stream"),
        Row("response", "200 KB", "response.json", ["response", "response-serde"], "response"),
        Row("request", "call", "empty", ["request"], "request"),
        Row("request", "wire crates", "empty", ["request-bare"], "request"),
    ]
    plan += [Row("sign", f"{size} B", f"body-{size}.json", ["sign", "sign-borrowed"], "request", "floor-sign") for size in BODIES]
    plan += [
        Row("sign", "500 B, with x-amz-content-sha256", "body-500.json", ["sign-content-sha256"], "request", "floor-sign"),
        Row("sign", "presigned URL", "empty", ["presign"], "URL"),
    ]
    return plan


GROUPS = ["frames", "frame-size", "events", "assemble", "response", "request", "sign", "programs"]
