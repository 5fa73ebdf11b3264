// The page: what is embedded, the parts, and the keys.

const meta = JSON.parse(document.getElementById("meta").textContent);
const bytes = bytesOfBase64(document.getElementById("stream").textContent.trim());
const frames = framesOf(bytes, meta.frames, arrivalsOf(meta.timing?.chunks ?? []));
const message = messageOf(bytes, frames);
const times = meta.timing ? timesOf(meta, frames, message.deltas) : null;
const broken = meta.broken;
const at = (id) => document.getElementById(id);
let selected = -1;
let shown = frames.map((_, index) => index);

// The chips below the verdict.
function chips() {
  const list = [];
  const chip = (value, label, act) => {
    const node = element(act ? "button" : "span", { class: "chip", type: act ? "button" : null }, element("b", {}, value), " ", label);
    if (act) node.addEventListener("click", act);
    list.push(node);
  };
  chip(grouped(meta.frames), meta.frames === 1 ? "frame" : "frames");
  chip(grouped(meta.bytes), "bytes");
  if (times) {
    if (times.head !== null) chip(duration(times.head), "to the response's head");
    if (times.firstToken !== null) chip(duration(times.firstToken), "to the first token", () => select(message.deltas[0].number - 1));
    if (times.median !== null) chip(duration(times.median), "median gap");
    if (times.p95 !== null) chip(duration(times.p95), "95th percentile");
    if (times.longest) chip(duration(times.longest.gap), "longest gap", () => select(times.longest.frame.number - 1));
    const span = times.lastToken - times.firstToken;
    const tokens = message.usage?.outputTokens;
    if (tokens && span > 0) chip((tokens / (span / 1e6)).toFixed(1), "tokens a second");
    chip(duration(times.end), "in all");
  } else {
    chip("–", "no arrival times: by offset");
  }
  if (message.usage) chip(grouped(message.usage.inputTokens ?? 0) + " → " + grouped(message.usage.outputTokens ?? 0), "tokens in → out");
  if (message.latency !== null) chip(grouped(message.latency), "ms latency, as the service says");
  if (message.stopReason) chip(safe(String(message.stopReason).slice(0, 60)), "stop reason");
  at("chips").replaceChildren(...list);
}

// On the timeline the broken frame follows the others.
const marks = broken ? [...frames, {
  number: frames.length + 1, start: broken.offset, end: Math.max(bytes.length, broken.offset), kind: "fault", name: "broken frame",
  excerpt: broken.reason, at: times ? frames.at(-1)?.at ?? times.end : null,
}] : frames;
const timeline = new Timeline(at("timeline"), at("tip"), marks, times, (index) => select(index));
const list = new FrameList(at("list"), frames, (index) => select(index));
const mark = showMessage(at("message"), message, (index) => select(index));

// Shows a frame; the number of frames is the broken one.
function select(index) {
  if (index < 0 || index > frames.length || (index === frames.length && !broken)) return;
  selected = index;
  const frame = index === frames.length ? null : frames[index];
  showFrame(at("frame"), bytes, frame, broken);
  list.select(index);
  timeline.select(index);
  mark(index);
  at("broken").setAttribute("aria-pressed", String(frame === null));
  const hash = "#frame-" + (index + 1);
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

// Filter by name and by text.
const hidden = new Set();
const texts = [];
function textOf(index) {
  texts[index] ??= (frames[index].name + " " + payloadText(bytes, frames[index])).toLowerCase();
  return texts[index];
}

function filter() {
  const wanted = at("search").value.trim().toLowerCase();
  shown = [];
  frames.forEach((frame, index) => {
    if (hidden.has(frame.name)) return;
    if (wanted === "" || "#" + frame.number === wanted || textOf(index).includes(wanted)) shown.push(index);
  });
  at("count").textContent = shown.length === frames.length ? counted(frames.length, "frame") : grouped(shown.length) + " of " + counted(frames.length, "frame");
  list.filter(shown);
}

function types() {
  const counts = new Map();
  for (const frame of frames) counts.set(frame.name, [(counts.get(frame.name)?.[0] ?? 0) + 1, frame.kind]);
  const nodes = [...counts].slice(0, 40).map(([name, [count, kind]]) => {
    const node = element("button", { type: "button", class: "type " + kind, "aria-pressed": "true" }, safe(name.slice(0, 60) || "(none)"), element("b", {}, grouped(count)));
    node.addEventListener("click", (event) => {
      // With a modifier, this type alone.
      if (event.altKey || event.shiftKey) {
        const alone = counts.size - hidden.size !== 1 || hidden.has(name);
        hidden.clear();
        if (alone) [...counts.keys()].filter((other) => other !== name).forEach((other) => hidden.add(other));
      } else if (!hidden.delete(name)) hidden.add(name);
      nodes.forEach((each, at) => each.setAttribute("aria-pressed", String(!hidden.has([...counts.keys()][at]))));
      filter();
    });
    return node;
  });
  at("types").replaceChildren(...nodes);
}

// Moves among the frames that are shown, the broken one behind them.
function move(step) {
  const places = broken ? [...shown, frames.length] : shown;
  if (!places.length) return;
  let place = places.indexOf(selected);
  if (place < 0) place = step > 0 ? -1 : places.length;
  select(places[Math.min(Math.max(place + step, 0), places.length - 1)]);
}

const KEYS = {
  ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1),
  PageDown: () => move(20), PageUp: () => move(-20), Home: () => move(-Infinity), End: () => move(Infinity),
  "/": () => at("search").focus(), b: () => broken && select(frames.length),
  g: () => times?.longest && select(times.longest.frame.number - 1),
};

document.addEventListener("keydown", (event) => {
  const inSearch = event.target === at("search");
  if (event.key === "Escape" && inSearch) {
    at("search").value = "";
    at("search").blur();
    return filter();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (inSearch && !event.key.startsWith("Arrow")) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

function start() {
  document.title = meta.verdict + " · " + meta.title;
  at("title").textContent = meta.title;
  at("verdict").textContent = meta.verdict;
  at("sentence").textContent = meta.sentence;
  at("hint").textContent = meta.hint ?? "";
  document.body.dataset.verdict = meta.verdict;
  chips();
  types();
  filter();
  const button = at("broken");
  button.hidden = !broken;
  button.addEventListener("click", () => select(frames.length));
  const modes = at("modes");
  modes.replaceChildren(...[["arrival", "by arrival"], ["offset", "by offset"], ["frame", "by frame"]]
    .filter(([mode]) => mode !== "arrival" || times)
    .map(([mode, label]) => {
      const node = element("button", { type: "button", "aria-pressed": String(mode === timeline.mode) }, label);
      node.addEventListener("click", () => {
        timeline.setMode(mode);
        modes.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each === node)));
      });
      return node;
    }));
  at("search").addEventListener("input", filter);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => timeline.draw());
  // On paper the list is whole, as far as that is read.
  addEventListener("beforeprint", () => {
    const rows = frames.slice(0, 500).map((frame) => element("tr", {}, element("td", {}, grouped(frame.number)), element("td", {}, grouped(frame.start)),
      element("td", {}, frame.at === null ? "" : duration(frame.at)), element("td", {}, safe(frame.name)), element("td", {}, safe((frame.excerpt ?? "").slice(0, 100)))));
    at("paper").replaceChildren(element("table", {}, ...rows));
  });
  addEventListener("hashchange", () => select(fromHash() ?? selected));
  select(fromHash() ?? meta.open ?? 0);
}

function fromHash() {
  const number = /^#frame-(\d+)$/.exec(location.hash)?.[1];
  return number === undefined ? null : Number(number) - 1;
}

start();
