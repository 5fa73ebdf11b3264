// Lists, bytes and the message. Everything from the wire is set as text, never as markup.

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "class") node.className = value;
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Scrolls a pane, and nothing around it, to a part of it.
function scrollTo(box, part, always) {
  const outer = box.getBoundingClientRect(), inner = part.getBoundingClientRect();
  if (always || inner.top < outer.top || inner.bottom > outer.bottom) {
    const room = Math.max(box.clientHeight - inner.height, 0) / 2;
    box.scrollTop += inner.top - outer.top - room;
  }
}

const ROW = 28;

// The list of frames: only the rows in sight are in the document.
class FrameList {
  constructor(box, frames, onSelect) {
    Object.assign(this, { box, frames, onSelect, shown: frames.map((_, index) => index), selected: -1 });
    this.space = element("div", { class: "space" });
    box.append(this.space);
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    box.addEventListener("click", (event) => {
      const row = event.target.closest("[data-index]");
      if (row) onSelect(Number(row.dataset.index));
    });
    new ResizeObserver(() => this.draw()).observe(box);
  }

  filter(shown) {
    this.shown = shown;
    this.draw();
    this.reveal();
  }

  select(index) {
    this.selected = index;
    this.reveal();
    this.draw();
  }

  // Scrolls to the selected row.
  reveal() {
    const at = this.shown.indexOf(this.selected);
    if (at < 0) return;
    const top = at * ROW, { scrollTop, clientHeight } = this.box;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) this.box.scrollTop = top - clientHeight / 2;
  }

  draw() {
    const first = Math.max(Math.floor(this.box.scrollTop / ROW) - 8, 0);
    const last = Math.min(first + Math.min(Math.ceil(this.box.clientHeight / ROW) + 16, 300), this.shown.length);
    this.space.style.height = this.shown.length * ROW + "px";
    this.space.replaceChildren(...this.shown.slice(first, last).map((index, at) => this.row(index, first + at)));
    if (this.selected >= 0) this.box.setAttribute("aria-activedescendant", "row-" + this.selected);
  }

  row(index, at) {
    const frame = this.frames[index];
    const when = frame.at === null ? grouped(frame.start) : duration(frame.at);
    const row = element(
      "div",
      { class: "row " + frame.kind, role: "option", id: "row-" + index, "data-index": index, "aria-selected": String(index === this.selected) },
      element("span", { class: "number" }, grouped(frame.number)),
      element("span", { class: "name" }, safe(frame.name.slice(0, 80))),
      element("span", { class: "excerpt" }, safe((frame.excerpt ?? "").slice(0, 80)).replace(/\n/g, "⏎")),
      element("span", { class: "when" }, when),
    );
    row.style.top = at * ROW + "px";
    return row;
  }
}

// The class that colours a field.
function colourOf(name) {
  if (name.endsWith("CRC")) return "crc";
  if (name === "total length" || name === "headers length") return "length";
  if (name === "header name") return "hname";
  if (name === "header type") return "htype";
  if (name.startsWith("header")) return "hvalue";
  return name === "payload" ? "payload" : "undecoded";
}

const SHOWN_BYTES = 4096;

// Rows of sixteen bytes, each byte in the colour of its field.
function hexRows(bytes, from, to, fields) {
  const grid = element("div", { class: "hex", role: "img", "aria-label": "bytes " + from + " to " + to });
  const fieldAt = new Map();
  fields.forEach((field, index) => {
    for (let at = field.from; at < Math.min(field.to, to); at++) fieldAt.set(at, index);
  });
  for (let row = from - (from % 16); row < to; row += 16) {
    const cells = element("span", { class: "cells" }), letters = element("span", { class: "letters" });
    for (let at = row; at < row + 16; at++) {
      const index = fieldAt.get(at), field = fields[index];
      const isIn = at >= from && at < to;
      const colour = !isIn || !field ? "" : colourOf(field.name) + (field.faulty ? " bad" : "");
      const attributes = { class: "byte " + colour, "data-field": isIn && field ? index : null };
      cells.append(element("span", attributes, isIn ? bytes[at].toString(16).padStart(2, "0") : "  "));
      const letter = isIn && bytes[at] > 0x20 && bytes[at] < 0x7f ? String.fromCharCode(bytes[at]) : isIn ? "·" : " ";
      letters.append(element("span", attributes, letter));
    }
    grid.append(element("div", { class: "hexrow" }, element("span", { class: "address" }, String(row).padStart(8, "0")), cells, letters));
  }
  return grid;
}

// Indented JSON, or the text as it is.
function pretty(bytes, from, to) {
  const raw = text.decode(bytes.subarray(from, to));
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

// A frame's bytes and fields.
function showFrame(box, bytes, frame, broken) {
  const isBroken = frame === null;
  const start = isBroken ? broken.offset : frame.start;
  const end = isBroken ? bytes.length : frame.end;
  const fields = isBroken ? broken.fields : fieldsOf(bytes, start);
  const parts = [];
  if (isBroken) {
    parts.push(element("h2", { class: "bad" }, "frame " + grouped(broken.number) + " is broken"));
    parts.push(element("p", { class: "reason" }, broken.reason));
    parts.push(element("p", { class: "dim" }, "fault at byte " + grouped(broken.fault) + " of the stream, byte " + grouped(broken.fault - broken.offset) + " of the frame"));
    if (broken.hint) parts.push(element("p", {}, broken.hint));
  } else {
    const when = frame.at === null ? "" : " · arrived after " + duration(frame.at);
    parts.push(element("h2", {}, safe(frame.name || "(no type)"), element("small", {}, "frame " + grouped(frame.number))));
    parts.push(element("p", { class: "dim" }, "offset " + grouped(start) + " · " + counted(end - start, "byte") + when));
  }
  const fault = isBroken ? broken.fault : null;
  // The bytes around a fault that is far into its frame.
  let from = start;
  if (fault !== null && fault - start > SHOWN_BYTES / 2) {
    from = fault - (fault % 16) - SHOWN_BYTES / 4;
    parts.push(element("p", { class: "dim" }, "… " + counted(from - start, "byte") + " before"));
  }
  let shown = Math.min(end, from + SHOWN_BYTES);
  const holder = element("div", {}, hexRows(bytes, from, shown, fields));
  parts.push(holder);
  if (shown < end) {
    const more = element("button", { type: "button" }, "show " + counted(Math.min(end - shown, 16 * SHOWN_BYTES), "byte") + " more");
    more.addEventListener("click", () => {
      const next = Math.min(end, shown + 16 * SHOWN_BYTES);
      holder.append(hexRows(bytes, shown, next, fields));
      shown = next;
      if (shown === end) more.remove();
      else more.textContent = "show " + counted(Math.min(end - shown, 16 * SHOWN_BYTES), "byte") + " more";
    });
    parts.push(more);
  }
  if (isBroken && broken.more > 0) parts.push(element("p", { class: "dim" }, "… " + counted(broken.more, "byte") + " of the stream after these are not in this page"));
  const table = element("table", { class: "fields" });
  fields.forEach((field, index) => {
    if (index > 400) return;
    const row = element(
      "tr",
      { class: field.faulty ? "bad" : "", "data-field": index },
      element("td", {}, element("i", { class: "swatch " + colourOf(field.name) })),
      element("th", {}, field.name),
      element("td", { class: "dim" }, grouped(field.from) + (field.to - field.from > 1 ? "–" + grouped(field.to - 1) : "")),
      element("td", {}, safe(field.note)),
    );
    table.append(row);
  });
  parts.push(table);
  if (!isBroken && frame.payload[1] > frame.payload[0]) {
    const shownEnd = Math.min(frame.payload[1], frame.payload[0] + 65536);
    parts.push(element("h3", {}, "payload"), element("pre", { class: "json" }, safe(pretty(bytes, frame.payload[0], shownEnd))));
  }
  box.replaceChildren(...parts);
  // A field lights up in the bytes and in the table.
  const light = (event, on) => {
    const target = event.target.closest("[data-field]");
    box.querySelectorAll(".lit").forEach((node) => node.classList.remove("lit"));
    if (target && on) box.querySelectorAll('[data-field="' + target.dataset.field + '"]').forEach((node) => node.classList.add("lit"));
  };
  box.onmouseover = (event) => light(event, true);
  box.onmouseleave = (event) => light(event, false);
  const bad = box.querySelector(".byte.bad");
  box.scrollTop = 0;
  if (bad) scrollTo(box, bad, true);
}

// Pieces in a paragraph: a new one begins at the first line break behind FEW, or behind MANY.
const FEW = 60, MANY = 400;

// The assembled message; a piece selects its frame. Paragraphs are filled when they come into sight.
function showMessage(box, message, onSelect) {
  const parts = [], paragraphOf = new Map(), pieceOf = new Map();
  const fill = (paragraph) => {
    paragraph.style.minHeight = "";
    for (const { frame, shown, note } of paragraph.pieces.splice(0)) {
      const piece = element("span", { class: note ? "piece note" : "piece", "data-frame": frame.number - 1 }, safe(shown));
      pieceOf.set(frame.number - 1, piece);
      paragraph.append(piece);
    }
  };
  const seen = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => (seen.unobserve(target), fill(target))),
    { root: box, rootMargin: "400px" },
  );
  for (const block of message.blocks) {
    const title = block.title ? " " + safe(String(block.title)) : "";
    const content = element("div", { class: "content" });
    let paragraph = null, length = 0;
    for (const { frame, text: piece, note } of block.pieces) {
      const shown = note ? "[" + note.slice(0, 200) + "]" : piece;
      if (shown === "") continue;
      if (!paragraph) {
        paragraph = element("div", { class: "paragraph" });
        [paragraph.pieces, length] = [[], 0];
        content.append(paragraph);
        seen.observe(paragraph);
      }
      paragraph.pieces.push({ frame, shown, note });
      paragraphOf.set(frame.number - 1, paragraph);
      length += shown.length;
      paragraph.style.minHeight = Math.ceil(length / 45) * 1.6 + "em";
      const count = paragraph.pieces.length;
      if (count >= MANY || (count >= FEW && shown.endsWith("\n"))) paragraph = null;
    }
    parts.push(element("section", { class: "block" }, element("h3", {}, (block.kind ?? "block") + title, element("small", {}, "block " + block.index)), content));
  }
  if (!parts.length) parts.push(element("p", { class: "dim" }, "no content blocks"));
  box.replaceChildren(...parts);
  box.addEventListener("click", (event) => {
    const piece = event.target.closest("[data-frame]");
    if (piece && getSelection().isCollapsed) onSelect(Number(piece.dataset.frame));
  });
  addEventListener("beforeprint", () => new Set(paragraphOf.values()).forEach(fill));
  let marked = null;
  return (index) => {
    marked?.classList.remove("here");
    if (paragraphOf.has(index)) fill(paragraphOf.get(index));
    marked = pieceOf.get(index) ?? null;
    marked?.classList.add("here");
    if (marked) scrollTo(box, marked, false);
  };
}
