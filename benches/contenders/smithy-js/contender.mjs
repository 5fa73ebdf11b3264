// The contender `@smithy/eventstream-codec`: `TASK FILE ITERATIONS`. The modules are in the folder that NODE_PATH names.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.env.CONTENDER_MODULES}/`);
const { EventStreamCodec } = require("@smithy/eventstream-codec");
const { fromUtf8, toUtf8 } = require("@smithy/util-utf8");

// One of this many iterations is done before the clock starts.
const WARM_UP = 5;

const TABLE = new Int32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

class Items {
  constructor(verified = false) {
    this.count = 0;
    this.bytes = 0;
    this.crc = verified ? -1 : undefined;
  }

  item(item) {
    this.count += 1;
    this.bytes += item.length;
    if (this.crc === undefined) return;
    const { length } = item;
    for (const byte of [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]) this.update(byte);
    for (const byte of item) this.update(byte);
  }

  update(byte) {
    this.crc = (this.crc >>> 8) ^ TABLE[(this.crc ^ byte) & 255];
  }

  checksum() {
    return (~this.crc >>> 0).toString(16).padStart(8, "0");
  }
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

// The codec decodes one message; where it ends is the caller's to find, as in @smithy/eventstream-serde-universal.
function frames(data, items) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let start = 0; start < data.length; ) {
    const end = start + view.getUint32(start, false);
    items.item(codec.decode(data.subarray(start, end)).body);
    start = end;
  }
}

const TASKS = { frames };

const [task, file, iterations] = [process.argv[2], process.argv[3], Number(process.argv[4])];
if (!(task in TASKS)) {
  console.error(`unknown task: ${task}`);
  process.exit(3);
}
const once = TASKS[task];
const data = new Uint8Array(readFileSync(file));
const verified = new Items(true);
once(data, verified);
for (let turn = 0; turn < Math.floor(iterations / WARM_UP); turn += 1) once(data, new Items());
const timed = new Items();
const start = process.hrtime.bigint();
for (let turn = 0; turn < iterations; turn += 1) once(data, timed);
const nanoseconds = Number(process.hrtime.bigint() - start);
const [count, bytes] = [timed.count / Math.max(iterations, 1), timed.bytes / Math.max(iterations, 1)];
console.log(JSON.stringify({ count, bytes, checksum: verified.checksum(), iterations, nanoseconds }));
