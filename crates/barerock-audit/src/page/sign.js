// Ties the pieces of the stages to each other: the chosen one to its origins, and to what is made of it.

const NAMES = [...document.querySelectorAll("[data-stage]")].reduce((names, box) => {
  names[box.dataset.stage] = box.closest("section").getAttribute("aria-label");
  return names;
}, []);

// "10-20" as numbers; "2:10-20 3:0-5" as ranges of stages.
const rangeOf = (text) => text.split("-").map(Number);
const rangesOf = (text) => (text ? text.split(" ") : []).map((part) => {
  const [stage, range] = part.split(":");
  return [Number(stage), ...rangeOf(range)];
});

const pieces = [...document.querySelectorAll(".stage > span")].map((node, index) => {
  const stage = Number(node.parentNode.dataset.stage);
  const [from, to] = rangeOf(node.dataset.at);
  node.dataset.index = index;
  return { node, index, stage, from, to, origins: rangesOf(node.dataset.from), verbatim: "verbatim" in node.dataset, text: node.textContent };
});

const overlaps = (piece, [stage, from, to]) => piece.stage === stage && piece.from < to && from < piece.to;
const plain = new TextEncoder();
let chosen = null, kept = null, byte = null;

// The text of a piece with one of its characters marked; offsets are in bytes.
function markByte(piece, offset) {
  let at = 0;
  for (const [index, c] of [...piece.text].entries()) {
    const end = at + plain.encode(c).length;
    if (offset < end) {
      const characters = [...piece.text], mark = document.createElement("b");
      mark.textContent = c === "\n" ? " \n" : c;
      piece.node.replaceChildren(characters.slice(0, index).join(""), mark, characters.slice(index + 1).join(""));
      return;
    }
    at = end;
  }
}

// Whether offsets in the shown text are those of the bytes.
const isExact = (piece) => plain.encode(piece.text).length === piece.to - piece.from;

function clear() {
  for (const piece of pieces) {
    if (piece.node.firstElementChild) piece.node.textContent = piece.text;
    piece.node.classList.remove("here", "linked");
  }
}

function show(piece, offset, scrolls = false) {
  clear();
  chosen = piece;
  byte = offset;
  if (!piece) return say("", "Choose a byte to see what it was made of, and what is made of it.");
  piece.node.classList.add("here");
  if (offset !== null && isExact(piece)) markByte(piece, offset);
  const origins = pieces.filter((other) => piece.origins.some((range) => overlaps(other, range)));
  const uses = pieces.filter((other) => other.origins.some((range) => overlaps(piece, range)));
  for (const other of [...origins, ...uses]) other.node.classList.add("linked");
  if (offset !== null) {
    if (piece.verbatim) origins.forEach((other) => markAt(other, piece.origins[0][1] + offset));
    uses.filter((other) => other.verbatim).forEach((other) => {
      const at = piece.from + offset - other.origins[0][1];
      if (at >= 0 && at < other.to - other.from && isExact(other)) markByte(other, at);
    });
  }
  const number = offset === null ? bytesOf(piece.from, piece.to) : "byte " + (piece.from + offset);
  const from = piece.origins.map(([stage, start, end]) => bytesOf(start, end) + " of the " + NAMES[stage]);
  const into = [...new Set(uses.map((use) => NAMES[use.stage]))];
  const parts = [["b", number + " of the " + NAMES[piece.stage]]];
  if (from.length) parts.push(["", " ← " + from.slice(0, 4).join(", ") + (from.length > 4 ? " …" : "")]);
  if (into.length) parts.push(["", " → " + into.join(", ")]);
  say(parts, piece.node.dataset.why);
  if (scrolls) [...origins.slice(0, 1), piece].forEach((each) => each.node.scrollIntoView({ block: "nearest" }));
}

function markAt(piece, at) {
  if (at >= piece.from && at < piece.to && isExact(piece)) markByte(piece, at - piece.from);
}

const bytesOf = (from, to) => (to - from > 1 ? "bytes " + from + "–" + (to - 1) : to > from ? "byte " + from : "no bytes");

function say(parts, why) {
  const nodes = [].concat(parts).map((part) => {
    if (typeof part === "string") return part;
    const node = document.createElement(part[0] || "span");
    node.textContent = part[1];
    return node;
  });
  document.getElementById("where").replaceChildren(...nodes);
  document.getElementById("why").textContent = why;
}

const pieceOf = (node) => pieces[node.closest?.(".stage > span")?.dataset.index];

// The byte of a piece below the pointer; null where its text is not its bytes.
function byteAt(piece, event) {
  if (!isExact(piece)) return null;
  const spot = document.caretPositionFromPoint?.(event.clientX, event.clientY) ?? null;
  const range = spot ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const node = spot?.offsetNode ?? range?.startContainer, offset = spot?.offset ?? range?.startOffset ?? 0;
  if (!node || !piece.node.contains(node)) return 0;
  const before = document.createRange();
  before.setStart(piece.node, 0);
  before.setEnd(node, offset);
  // A caret stands between two letters; the one that is pointed at is on its left or its right.
  const rect = document.createRange();
  let length = plain.encode(before.toString()).length;
  if (node.nodeType === 3 && offset > 0) {
    rect.setStart(node, offset - 1);
    rect.setEnd(node, offset);
    const box = rect.getBoundingClientRect();
    if (event.clientX < box.right && event.clientY < box.bottom) length -= plain.encode(rect.toString()).length;
  }
  return Math.max(0, Math.min(length, piece.to - piece.from - 1));
}

const stages = document.getElementById("stages");
stages.addEventListener("pointermove", (event) => {
  const piece = pieceOf(event.target);
  if (kept || event.pointerType === "touch" || !piece) return;
  const at = byteAt(piece, event);
  if (piece !== chosen || at !== byte) show(piece, at);
});
stages.addEventListener("pointerleave", () => kept || show(null, null));
stages.addEventListener("click", (event) => {
  const piece = pieceOf(event.target);
  if (!piece || !getSelection().isCollapsed) return;
  const at = byteAt(piece, event);
  // A second click on the same byte lets it go.
  kept = kept && piece === kept.piece && at === kept.at ? null : { piece, at };
  show(piece, at);
});

// Chooses by key; the stage in focus is where it begins.
function move(pick) {
  const stage = Number(document.activeElement?.dataset?.stage ?? chosen?.stage ?? 2);
  const own = pieces.filter((piece) => piece.stage === stage);
  const place = own.indexOf(chosen);
  const piece = place < 0 ? own[0] : own[Math.max(0, Math.min(own.length - 1, pick(own, place)))];
  choose(piece, null);
}

function choose(piece, at, scrolls = true) {
  if (!piece) return;
  kept = { piece, at };
  if (scrolls) piece.node.parentNode.focus({ preventScroll: true });
  show(piece, at, scrolls);
}

function step(by) {
  if (!chosen) return move((_, place) => place);
  const length = chosen.to - chosen.from, at = byte === null ? (by > 0 ? 0 : length - 1) : byte + by;
  if (isExact(chosen) && at >= 0 && at < length) return choose(chosen, at);
  move((_, place) => place + by);
  if (isExact(chosen)) choose(chosen, by > 0 ? 0 : chosen.to - chosen.from - 1);
}

// The first piece of the line after or before.
function line(by) {
  move((own, place) => {
    const top = own[place].node.getClientRects()[0]?.top ?? 0;
    for (let at = place + by; at >= 0 && at < own.length; at += by) {
      if (Math.abs((own[at].node.getClientRects()[0]?.top ?? 0) - top) > 6) return at;
    }
    return place;
  });
}

// The first difference to the service's text: the byte of ours, if it has one.
function first(scrolls) {
  const row = document.getElementById("first");
  if (!row) return;
  const [range] = rangesOf(row.dataset.first ?? row.dataset.from);
  const piece = range && pieces.find((piece) => overlaps(piece, range));
  if (piece) choose(piece, row.dataset.first ? range[1] - piece.from : null, scrolls);
}

document.getElementById("mismatch")?.addEventListener("click", (event) => {
  const [range] = rangesOf(event.target.closest("[data-from]")?.dataset.from);
  if (range) choose(pieces.find((piece) => overlaps(piece, range)), null);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    ArrowRight: () => (event.shiftKey ? step(1) : move((_, place) => place + 1)),
    ArrowLeft: () => (event.shiftKey ? step(-1) : move((_, place) => place - 1)),
    ArrowDown: () => line(1), ArrowUp: () => line(-1),
    Home: () => move(() => 0), End: () => move((own) => own.length - 1),
    Enter: () => chosen?.origins.length && choose(pieces.find((piece) => overlaps(piece, chosen.origins[0])), null),
    Escape: () => { kept = null; show(null, null); }, d: () => first(true),
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

first(false);
