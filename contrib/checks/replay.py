"""Serves streams with `barerock replay`, and asks for them."""

import http.client
import json
import os
import subprocess
from pathlib import Path

from .streams import MEDIA_TYPE, Stream, barerock

BODY = '{"messages":[{"content":[{"text":"hi"}],"role":"user"}]}'


def path_of(stream: Stream) -> str:
    return f"/model/check.{stream.name}/converse-stream"


class Replay:
    """`barerock replay` on a port of its own, with a fixture for each stream."""

    def __init__(self, folder: Path, streams: list[Stream], *options: str):
        for stream in streams:
            fixture = folder / stream.name
            fixture.mkdir(parents=True)
            uri = "https://bedrock-runtime.us-east-1.amazonaws.com" + path_of(stream)
            request = {"method": "POST", "uri": uri, "headers": [["Content-Type", "application/json"]], "body": BODY}
            headers = [["Content-Type", MEDIA_TYPE], ["Transfer-Encoding", "chunked"]]
            (fixture / "request.json").write_text(json.dumps(request))
            (fixture / "response.json").write_text(json.dumps({"status": 200, "headers": headers}))
            (fixture / "response.body").write_bytes(stream.body)
        command = [barerock(), "replay", "--fixtures", str(folder), *options]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        self.port = int(self.process.stdout.readline().rsplit(b":", 1)[1])

    def __enter__(self) -> "Replay":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()


def ask(port: int, streams: list[Stream], connection_each: bool = True) -> list[bytes]:
    """Requests each stream, over one connection or one each, and returns the bodies."""
    bodies, connection = [], None
    for stream in streams:
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", path_of(stream), BODY, {"Content-Type": "application/json"})
        try:
            bodies.append(connection.getresponse().read())
        except http.client.IncompleteRead as error:
            bodies.append(error.partial)
            connection.close()
        if connection_each:
            connection.close()
            connection = None
    if connection:
        connection.close()
    return bodies
