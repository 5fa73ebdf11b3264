// What the frames say: events, the message they make, and its times.

// A frame: its place, the kind that decides its colour, and its name.
function framesOf(bytes, count, arrivals) {
  const view = new DataView(bytes.buffer), frames = [];
  let start = 0;
  for (let number = 1; number <= count; number++) {
    const end = start + view.getUint32(start);
    const { headers, payload } = headOf(bytes, view, start);
    const type = headers[":message-type"];
    let kind = "other", name = type || "no message type";
    if (type === "event") {
      name = headers[":event-type"] || "";
      kind = name.startsWith("contentBlockDelta") ? "delta" : "event";
    } else if (type === "exception") {
      [kind, name] = ["fault", headers[":exception-type"] || "exception"];
    } else if (type === "error") {
      [kind, name] = ["fault", headers[":error-code"] || "error"];
    }
    frames.push({ number, start, end, kind, name, payload, at: arrivals(end - 1), json: undefined });
    start = end;
  }
  return frames;
}

function payloadText(bytes, frame) {
  return text.decode(bytes.subarray(frame.payload[0], frame.payload[1]));
}

// The payload as a value; null if it is not JSON.
function payloadJson(bytes, frame) {
  try {
    return JSON.parse(payloadText(bytes, frame));
  } catch {
    return null;
  }
}

// When a byte arrived, in microseconds since the request was sent: of the chunk that holds it.
function arrivalsOf(chunks) {
  if (!chunks.length) return () => null;
  return (offset) => {
    let low = 0, high = chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chunks[middle][0] <= offset) low = middle + 1;
      else high = middle;
    }
    return low ? chunks[low - 1][1] : null;
  };
}

// The text of a delta, and the kind of block it belongs to.
function deltaOf(delta) {
  if (typeof delta !== "object" || delta === null) return null;
  if (typeof delta.text === "string") return ["text", delta.text];
  if (delta.toolUse) return ["tool use", String(delta.toolUse.input ?? "")];
  if (delta.reasoningContent) {
    const { text, signature, redactedContent } = delta.reasoningContent;
    if (typeof text === "string") return ["reasoning", text];
    if (typeof signature === "string") return ["reasoning", "", "signature of " + counted(signature.length, "character")];
    return ["reasoning", "", "redacted content of " + counted(String(redactedContent ?? "").length, "character")];
  }
  if (delta.citation) return ["text", "", "citation " + JSON.stringify(delta.citation)];
  const name = Object.keys(delta)[0];
  return name === undefined ? null : [name, "", JSON.stringify(delta[name])];
}

// The message: blocks of pieces, each with the frame that brought it.
function messageOf(bytes, frames) {
  const message = { role: null, stopReason: null, usage: null, latency: null, blocks: [], deltas: [] };
  const open = new Map();
  const block = (index, kind, title) => {
    let found = open.get(index);
    if (!found || (found.kind !== kind && kind !== null && found.kind !== null)) {
      found = { index, kind, title, pieces: [] };
      open.set(index, found);
      message.blocks.push(found);
    }
    found.kind ??= kind;
    if (title) found.title = title;
    return found;
  };
  for (const frame of frames) {
    if (frame.kind !== "event" && frame.kind !== "delta") continue;
    const json = payloadJson(bytes, frame);
    if (typeof json !== "object" || json === null) continue;
    const index = json.contentBlockIndex ?? 0;
    switch (frame.name) {
      case "messageStart": message.role = json.role; break;
      case "messageStop": message.stopReason = json.stopReason; break;
      case "metadata":
        message.usage = json.usage ?? message.usage;
        message.latency = json.metrics?.latencyMs ?? message.latency;
        break;
      case "contentBlockStart": {
        const start = json.start ?? {};
        if (start.toolUse) block(index, "tool use", start.toolUse.name).pieces.push({ frame, text: "" });
        else if (start.toolResult) block(index, "tool result", start.toolResult.toolUseId);
        else block(index, Object.keys(start)[0] ?? null, "");
        break;
      }
      case "contentBlockDelta": {
        const delta = deltaOf(json.delta);
        if (!delta) break;
        block(index, delta[0], "").pieces.push({ frame, text: delta[1], note: delta[2] });
        frame.excerpt = delta[1] || delta[2] || "";
        if (delta[1] !== "" || delta[2]) message.deltas.push(frame);
        break;
      }
    }
  }
  return message;
}

// Times in microseconds; null where the recording has none.
function timesOf(meta, frames, deltas) {
  const timed = deltas.filter((frame) => frame.at !== null);
  if (!frames.length || frames[0].at === null) return null;
  const gaps = [];
  for (let at = 1; at < timed.length; at++) {
    gaps.push({ frame: timed[at], gap: timed[at].at - timed[at - 1].at });
  }
  const sorted = gaps.map((each) => each.gap).sort((a, b) => a - b);
  const quantile = (q) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : null);
  const first = timed.length ? timed[0].at : null, last = timed.length ? timed[timed.length - 1].at : null;
  return {
    head: meta.timing.head ?? null,
    firstFrame: meta.timing.first_frame ?? frames[0].at,
    firstToken: first,
    lastToken: last,
    end: meta.timing.end ?? frames[frames.length - 1].at,
    gaps,
    median: quantile(0.5),
    p95: quantile(0.95),
    longest: gaps.reduce((most, each) => (!most || each.gap > most.gap ? each : most), null),
  };
}

function duration(micros) {
  if (micros === null) return "–";
  if (micros < 1000) return micros + " µs";
  if (micros < 1e6) return (micros / 1000).toFixed(micros < 1e4 ? 1 : 0) + " ms";
  return (micros / 1e6).toFixed(2) + " s";
}
