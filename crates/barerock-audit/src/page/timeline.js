// The timeline: a tick a frame, by arrival where that was recorded, else by offset; below it the gaps between tokens.

class Timeline {
  constructor(canvas, tip, frames, times, onSelect) {
    Object.assign(this, { canvas, tip, frames, times, onSelect, mode: times ? "arrival" : "offset", selected: 0 });
    this.reset();
    canvas.addEventListener("click", (event) => onSelect(this.frameAt(event)));
    canvas.addEventListener("mousemove", (event) => this.hover(event));
    canvas.addEventListener("mouseleave", () => (this.tip.hidden = true));
    canvas.addEventListener("wheel", (event) => this.zoom(event), { passive: false });
    canvas.addEventListener("dblclick", () => { this.reset(); this.draw(); });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  reset() {
    this.from = 0;
    this.to = 1;
  }

  setMode(mode) {
    this.mode = mode;
    this.reset();
    this.draw();
  }

  // The place of a frame from 0 to 1.
  place(frame) {
    const last = this.frames[this.frames.length - 1];
    switch (this.mode) {
      case "arrival": {
        const end = Math.max(this.times.end, last.at, 1);
        return frame.at / end;
      }
      case "offset": return frame.start / Math.max(last.end, 1);
      default: return (frame.number - 1) / Math.max(this.frames.length - 1, 1);
    }
  }

  x(frame) {
    return ((this.place(frame) - this.from) / (this.to - this.from)) * (this.width - 24) + 12;
  }

  // The frame nearest to the pointer: places rise with the number.
  frameAt(event) {
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    let low = 0, high = this.frames.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x(this.frames[middle]) < x) low = middle + 1;
      else high = middle;
    }
    const before = Math.max(low - 1, 0);
    return x - this.x(this.frames[before]) < this.x(this.frames[low]) - x ? before : low;
  }

  hover(event) {
    if (!this.frames.length) return;
    const frame = this.frames[this.frameAt(event)];
    const when = frame.at === null ? "offset " + grouped(frame.start) : duration(frame.at);
    const excerpt = frame.excerpt ? " · " + safe(frame.excerpt.slice(0, 60)) : "";
    this.tip.textContent = "frame " + grouped(frame.number) + " · " + safe(frame.name.slice(0, 40)) + " · " + when + excerpt;
    this.tip.hidden = false;
    const left = Math.min(Math.max(this.x(frame) - 80, 0), Math.max(this.width - this.tip.offsetWidth, 0));
    this.tip.style.left = left + "px";
  }

  zoom(event) {
    if (!event.ctrlKey && !event.shiftKey && Math.abs(event.deltaX) < Math.abs(event.deltaY) && this.to - this.from === 1 && event.deltaY > 0) return;
    event.preventDefault();
    const at = this.from + ((event.offsetX - 12) / Math.max(this.width - 24, 1)) * (this.to - this.from);
    const width = this.to - this.from;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = ((event.deltaX || event.deltaY) / this.width) * width;
      this.from = Math.min(Math.max(this.from + shift, 0), 1 - width);
      this.to = this.from + width;
    } else {
      const next = Math.min(Math.max(width * Math.exp(event.deltaY / 400), 5e-5), 1);
      this.from = Math.min(Math.max(at - ((at - this.from) / width) * next, 0), 1 - next);
      this.to = this.from + next;
    }
    this.draw();
  }

  select(index) {
    this.selected = index;
    const place = this.frames[index] ? this.place(this.frames[index]) : 0;
    if (place < this.from || place > this.to) {
      const width = this.to - this.from;
      this.from = Math.min(Math.max(place - width / 2, 0), 1 - width);
      this.to = this.from + width;
    }
    this.draw();
  }

  // Draws the frames once for each view, and the mark of the selected one over them.
  draw() {
    const { canvas } = this, ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !this.frames.length) return;
    this.width = width;
    const view = [width, height, ratio, this.mode, this.from, this.to, matchMedia("(prefers-color-scheme: dark)").matches].join();
    if (view !== this.view) {
      this.view = view;
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      this.picture = document.createElement("canvas");
      [this.picture.width, this.picture.height] = [canvas.width, canvas.height];
      const context = this.picture.getContext("2d");
      context.scale(ratio, ratio);
      this.drawFrames(context, height);
    }
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.picture, 0, 0);
    context.scale(ratio, ratio);
    const frame = this.frames[this.selected];
    if (frame) {
      context.fillStyle = this.colours.accent;
      context.fillRect(this.x(frame) - 1, 2, 2, height - 20);
    }
  }

  drawFrames(context, height) {
    const style = getComputedStyle(document.documentElement);
    this.colours = Object.create(null);
    for (const name of ["event", "delta", "fault", "other", "line", "dim", "gap", "accent"]) {
      this.colours[name] = style.getPropertyValue("--" + name);
    }
    const gapHeight = this.times && this.mode === "arrival" ? 34 : 0;
    const floor = height - 18 - gapHeight, last = new Map();
    for (const frame of this.frames) {
      const x = this.x(frame);
      if (x < 0 || x > this.width) continue;
      // Of many ticks in one pixel the highest is enough.
      const tall = 8 + Math.min(Math.log2(frame.end - frame.start + 1) / 13, 1) * (floor - 14);
      const key = frame.kind + Math.round(x * 2);
      if ((last.get(key) ?? 0) >= tall) continue;
      last.set(key, tall);
      context.fillStyle = this.colours[frame.kind];
      const lift = frame.kind === "delta" ? 0 : 2;
      context.fillRect(x - 1, floor - tall - lift, frame.kind === "delta" ? 1.5 : 3, tall);
    }
    context.fillStyle = this.colours.line;
    context.fillRect(12, floor, this.width - 24, 1);
    if (gapHeight) this.drawGaps(context, floor + 6, gapHeight - 6);
    this.drawScale(context, height);
  }

  drawGaps(context, top, height) {
    const most = this.times.longest ? this.times.longest.gap : 0;
    context.fillStyle = this.colours.gap;
    for (const { frame, gap } of this.times.gaps) {
      const right = this.x(frame), width = ((gap / Math.max(this.times.end, 1)) / (this.to - this.from)) * (this.width - 24);
      if (right < 0 || right - width > this.width || !most) continue;
      const tall = Math.max((gap / most) * height, 1);
      context.fillRect(right - width, top, Math.max(width - 0.5, 0.5), tall);
    }
  }

  drawScale(context, height) {
    const last = this.frames[this.frames.length - 1];
    const label = (place) => {
      switch (this.mode) {
        case "arrival": return duration(Math.round(place * Math.max(this.times.end, last.at, 1)));
        case "offset": return grouped(Math.round(place * last.end));
        default: return "frame " + grouped(Math.round(place * (this.frames.length - 1)) + 1);
      }
    };
    if (!last) return;
    context.fillStyle = this.colours.dim;
    context.font = "11px system-ui, sans-serif";
    for (let part = 0; part <= 4; part++) {
      context.textAlign = part === 0 ? "left" : part === 4 ? "right" : "center";
      const place = this.from + (part / 4) * (this.to - this.from);
      context.fillText(label(place), 12 + (part / 4) * (this.width - 24), height - 4);
    }
  }
}
