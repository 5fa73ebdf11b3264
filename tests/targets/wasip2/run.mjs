// Tests of a component under jco: node --test run.mjs, with COMPONENT (the .wasm file), OVER (`http` or `sockets`: which host
// interface it uses), JCO (a folder in which ./jco is installed), BAREROCK (the program `barerock`) and FIXTURES (the folder of
// exchanges) in the environment.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const { COMPONENT, OVER, JCO, BAREROCK, FIXTURES } = process.env;
const QUESTION = ['us.anthropic.claude-sonnet-4-6', 'What are the tradeoffs between REST and GraphQL?'];
const KEYS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const closers = [];
after(() => closers.forEach((close) => close()));

// Beside node_modules, where the modules of the host are found.
const folder = join(JCO, 'component');
const { transpile } = await import(pathToFileURL(join(JCO, 'node_modules/@bytecodealliance/jco-transpile/dist/index.js')));
const { files } = await transpile(COMPONENT, { name: 'component' });
for (const [name, bytes] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), bytes);
}
// The error that the program returns is undefined; any other is the host's.
const runner = `import { run } from './component.js';
try { run.run(); } catch (error) { if (error) console.error(error); process.exitCode = 1; }
`;
writeFileSync(join(folder, 'run.mjs'), runner);

// Runs the program to its end.
function run(endpoint, { limit = [], env = {}, question = QUESTION } = {}) {
  const child = spawn(process.execPath, ['--no-warnings', join(folder, 'run.mjs'), ...question, ...limit], {
    env: { PATH: process.env.PATH, ...KEYS, AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => { stdout += text; });
  child.stderr.on('data', (text) => { stderr += text; });
  return new Promise((resolve) => { child.on('close', (status) => resolve({ status, stdout, stderr })); });
}

// A local Bedrock, with these arguments: with signatures checked, or not.
const replay = (...options) => unsigned('--verify', ...options);
async function unsigned(...options) {
  const common = ['replay', '--fixtures', FIXTURES, '--listen', '127.0.0.1:0', '--match', 'exact'];
  const child = spawn(BAREROCK, [...common, ...options], { env: { ...process.env, ...KEYS }, stdio: ['ignore', 'pipe', 'ignore'] });
  closers.push(() => child.kill());
  for await (const line of createInterface(child.stdout)) return line.replace('listening on ', '');
  throw new Error('replay did not start');
}

function listen(server) {
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)); });
}

// A server that sends half of a stream and then waits. `gone` is settled when its client has gone.
async function half() {
  let closed;
  const gone = new Promise((resolve) => { closed = resolve; });
  const source = await unsigned();
  const whole = await run(source);
  const server = createHttpServer(async (request, response) => {
    response.on('close', closed);
    const upstream = await fetch(source + request.url, {
      method: 'POST', body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: QUESTION[1] }] }] }),
    });
    const body = Buffer.from(await upstream.arrayBuffer());
    response.writeHead(upstream.status, { 'content-type': 'application/vnd.amazon.eventstream' });
    response.write(body.subarray(0, body.length / 2));
  });
  closers.push(() => { server.closeAllConnections(); server.close(); });
  return { url: await listen(server), gone, whole: whole.stdout };
}

test('streams, however the chunks are cut', async () => {
  const whole = await run(await replay());
  assert.equal(whole.stderr, '');
  assert.equal(whole.status, 0);
  assert.match(whole.stdout, /GraphQL/);
  for (const chunk of ['frames', 'whole', '7', '1000']) {
    assert.deepEqual(await run(await replay('--chunk', chunk)), whole, chunk);
  }
});

test('errors of the service', async () => {
  const throttled = await run(await replay('--fault', 'throttle'));
  assert.equal(throttled.status, 1);
  assert.match(throttled.stderr, /ThrottlingException/);
  assert.equal(throttled.stdout, '');
  const exception = await run(await replay('--fault', 'exception=modelStreamErrorException:6'));
  assert.equal(exception.status, 1);
  assert.match(exception.stderr, /ModelStreamErrorException/i);
  assert.notEqual(exception.stdout, '');
  const unknown = await run(await replay(), { env: { AWS_SECRET_ACCESS_KEY: 'another' } });
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /signature/i);
  assert.doesNotMatch(unknown.stderr, /another/);
});

test('a throttled call is sent again after a wait', async () => {
  let requests = 0;
  const server = createHttpServer((request, response) => {
    requests += 1;
    request.resume();
    response.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' }).end('{"message":"slow down"}');
  });
  const url = await listen(server);
  const { status, stderr } = await run(url, { env: { AWS_MAX_ATTEMPTS: '3' } });
  server.closeAllConnections();
  server.close();
  assert.equal(status, 1);
  assert.match(stderr, /slow down/);
  assert.equal(requests, 3);
});

test('a stream that breaks', async () => {
  for (const fault of ['truncate=700', 'close-after=700', 'reset-after=700']) {
    const { status, stdout, stderr } = await run(await replay('--fault', fault));
    assert.equal(status, 1, fault);
    assert.notEqual(stdout, '', fault);
    assert.match(stderr, /the stream was cut off|the connection failed/, fault);
  }
});

test('text comes before the stream has ended, and time is limited', async () => {
  const { url, gone, whole } = await half();
  const { status, stdout, stderr } = await run(url, { limit: ['500'] });
  assert.equal(status, 1);
  assert.ok(stdout.length > 0 && stdout.length < whole.length);
  assert.ok(whole.startsWith(stdout));
  assert.match(stderr, /timed out after 500ms waiting for the next chunk/);
  await gone;
});

test('a server that does not respond', async () => {
  const server = createServer((socket) => { closers.push(() => socket.destroy()); });
  const url = await listen(server);
  closers.push(() => server.close());
  const begun = Date.now();
  const { status, stderr } = await run(url, { limit: ['400'] });
  assert.equal(status, 1);
  assert.match(stderr, /timed out after 400ms/);
  assert.ok(Date.now() - begun >= 400);
});

test('a long request, and a response that does not wait for it', async () => {
  const long = [QUESTION[0], 'x'.repeat(100_000)];
  const lengths = [];
  const server = createHttpServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    lengths.push(bytes, Number(request.headers['content-length']));
    response.writeHead(400, { 'x-amzn-errortype': 'ValidationException' }).end('{"message":"all read"}');
  });
  const { stderr } = await run(await listen(server), { question: long });
  server.close();
  assert.match(stderr, /all read/);
  assert.ok(lengths[0] > 100_000);
  assert.equal(lengths[0], lengths[1]);

  const early = createHttpServer((request, response) => {
    response.writeHead(413, { 'x-amzn-errortype': 'ValidationException' }).end('{"message":"too long"}');
  });
  const refused = await run(await listen(early), { question: long });
  early.closeAllConnections();
  early.close();
  assert.match(refused.stderr, /too long/);
});

test('nobody there, no such name, and a peer that speaks no HTTP', async () => {
  const server = createServer();
  const url = await listen(server);
  server.close();
  const refused = await run(url);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /no connection: connection refused/i);
  const unknown = await run('https://bedrock.invalid');
  assert.match(unknown.stderr, { http: /no connection: name lookup failed/, sockets: /no connection: .*(lookup|resolve|resolution)/i }[OVER]);
  const other = createServer((socket) => socket.on('error', () => {}).end('220 mail.example\r\n'));
  const peer = await run(await listen(other));
  other.close();
  assert.equal(peer.status, 1);
  assert.match(peer.stderr, /the connection failed/);
});

test('arguments', async () => {
  assert.match((await run('http://127.0.0.1:9', { question: [] })).stderr, /usage/);
  const limit = await run('http://127.0.0.1:9', { limit: ['soon'] });
  assert.equal(limit.status, 1);
  assert.match(limit.stderr, /invalid digit/);
});
