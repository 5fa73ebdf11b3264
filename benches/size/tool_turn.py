"""What the size program `whole` is run against: a call of its tool, the answer to the tool's result, and a whole response."""

import json

import exchange

USER = {"role": "user", "content": [{"text": "hello"}]}
CALL = {"toolUse": {"toolUseId": "tooluse_1", "name": "count_words", "input": {"text": "one two three"}}}
RESULT = {"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "3"}], "status": "success"}}
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
TOOLS = {"tools": [{"toolSpec": {"name": "count_words", "description": "Counts the words of a text.", "inputSchema": {"json": SCHEMA}}}]}
WHOLE = "\nThe whole response."


def call():
    """A stream that calls the tool, with its input in two pieces."""
    use = {"toolUseId": CALL["toolUse"]["toolUseId"], "name": CALL["toolUse"]["name"]}
    text = json.dumps(CALL["toolUse"]["input"])
    deltas = [exchange.frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": piece}}}) for piece in (text[:9], text[9:])]
    return b"".join([
        exchange.frame("messageStart", {"role": "assistant"}),
        exchange.frame("contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": use}}),
        *deltas,
        exchange.frame("contentBlockStop", {"contentBlockIndex": 0}),
        exchange.frame("messageStop", {"stopReason": "tool_use"}),
        exchange.frame("metadata", {"metrics": {"latencyMs": 1}, "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}),
    ])


def exchanges():
    """The three exchanges, whose requests must be these."""
    messages = [USER, {"role": "assistant", "content": [CALL]}, {"role": "user", "content": [RESULT]}]
    again = [*messages, {"role": "assistant", "content": [{"text": exchange.ANSWER}]}, USER]
    response = {
        "metrics": {"latencyMs": 1},
        "output": {"message": {"role": "assistant", "content": [{"text": WHOLE}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
    }
    return [
        ("converse-stream", {"messages": [USER], "toolConfig": TOOLS}, call()),
        ("converse-stream", {"messages": messages, "toolConfig": TOOLS}, exchange.stream()),
        ("converse", {"messages": again, "toolConfig": TOOLS}, json.dumps(response).encode()),
    ]


def failures(binary, barerock):
    """What the program does not print, or sends otherwise."""
    with exchange.Replay(barerock, exchanges(), match="exact") as replay:
        process = exchange.spawn(binary, replay.url, "converse")
        out, errors = process.communicate(timeout=exchange.PATIENCE)
    if process.returncode == 0 and out.decode() == exchange.ANSWER + WHOLE:
        return []
    return [f"{binary.name} ends with {process.returncode} and {len(out)} bytes after a call of its tool: {errors.decode()[-500:]}"]
