// Runs the client: node run.mjs PROGRAM.wasm MODE ENDPOINT MODEL PROMPT. Prints the text and exits with 0, or prints the error
// and exits with 1; a panic exits with 9. MODE is complete, no-clock, no-seed or environment.
import { readFile } from 'node:fs/promises';

const [, , program, ...argument] = process.argv;
let shown = '';
let wasm;

const host = {
  now_ms: () => Date.now(),
  seed: () => crypto.getRandomValues(new Uint32Array(1))[0],
  show: (start, length) => {
    shown = new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, start, length));
  },
};

function give(bytes) {
  const start = wasm.room(bytes.length);
  new Uint8Array(wasm.memory.buffer, start, bytes.length).set(bytes);
}

const encode = (text) => new TextEncoder().encode(text);

async function send(request) {
  const end = request.indexOf('\n\n');
  const [method, url, ...lines] = request.slice(0, end).split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)));
  const response = await fetch(url, { method, headers, body: request.slice(end + 2) });
  give(encode([...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')));
  wasm.head(response.status);
  for await (const chunk of response.body) {
    give(chunk);
    wasm.chunk();
  }
  wasm.end();
}

async function main() {
  ({ instance: { exports: wasm } } = await WebAssembly.instantiate(await readFile(program), { host }));
  give(encode(argument.join('\n')));
  wasm.begin();
  for (;;) {
    const state = wasm.poll();
    if (state !== 0) {
      shown = '';
      wasm.output();
      (state === 1 ? process.stdout : process.stderr).write(`${shown}\n`);
      return state - 1;
    }
    if (wasm.request() !== 0) send(shown).catch(fail);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function fail(error) {
  console.error(`${error}: ${shown}`);
  process.exit(9);
}

main().then((status) => { process.exitCode = status; }, fail);
