// Tests of barerock-fetch under node: node --test run.mjs, with FETCH_CLIENT (the module that wasm-bindgen wrote), BAREROCK (the
// program `barerock`) and FIXTURES (the folder of exchanges) in the environment.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const { FETCH_CLIENT, BAREROCK, FIXTURES } = process.env;
const { Bedrock, wait } = await import(FETCH_CLIENT);
const QUESTION = ['us.anthropic.claude-sonnet-4-6', 'What are the tradeoffs between REST and GraphQL?'];
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const children = [];
const servers = [];

after(() => {
  children.forEach((child) => child.kill());
  servers.forEach((server) => { server.closeAllConnections(); server.close(); });
});

// A local Bedrock, with these arguments; signatures are checked.
async function replay(...options) {
  const env = { ...process.env, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
  const common = ['replay', '--fixtures', FIXTURES, '--listen', '127.0.0.1:0', '--match', 'exact'];
  const child = spawn(BAREROCK, [...common, ...options], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  for await (const line of createInterface(child.stdout)) return line.replace('listening on ', '');
  throw new Error('replay did not start');
}

// A server with a handler of our own.
async function serve(handler) {
  const server = createServer(handler);
  servers.push(server);
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return `http://127.0.0.1:${server.address().port}`;
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('no error');
}

test('streams, however the chunks are cut', async () => {
  const url = await replay('--verify');
  const whole = await new Bedrock(url).stream(...QUESTION);
  assert.match(whole, /GraphQL/);
  for (const chunk of ['frames', 'whole', '1', '7', '1000']) {
    const client = new Bedrock(await replay('--verify', '--chunk', chunk));
    assert.equal(await client.stream(...QUESTION), whole, chunk);
  }
});

test('whole responses', async () => {
  assert.match(await new Bedrock(await replay('--verify')).converse(...QUESTION), /GraphQL/);
});

test('many at once', async () => {
  const client = new Bedrock(await replay('--verify', '--chunk', '50'));
  const texts = await Promise.all(Array.from({ length: 20 }, () => client.stream(...QUESTION)));
  assert.equal(new Set(texts).size, 1);
});

test('an API key, and credentials by a function', async () => {
  let authorization;
  const url = await serve((request, response) => {
    ({ authorization } = request.headers);
    response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException', 'x-amzn-requestid': 'r-1' }).end('{"message":"no"}');
  });
  const error = await failure(new Bedrock(url, 'ABSKSQUIRREL').converse(...QUESTION));
  assert.equal(authorization, 'Bearer ABSKSQUIRREL');
  assert.ok(error.is_service);
  assert.equal(error.request_id, 'r-1');
  assert.ok(!error.text.includes('SQUIRREL'));

  const signed = await replay('--verify');
  const later = new Date(Date.now() + 3_600_000);
  for (const provider of [() => KEYS, async () => ({ ...KEYS, expiration: later })]) {
    assert.match(await new Bedrock(signed, undefined, provider).converse(...QUESTION), /GraphQL/);
  }
  for (const [provider, words] of [
    [() => { throw new Error('no login'); }, 'Error: no login'],
    [() => Promise.reject('gone'), 'gone'],
    [() => ({ accessKeyId: 'A' }), 'missing secretAccessKey'],
    [() => undefined, 'missing accessKeyId'],
    [() => ({ ...KEYS, expiration: new Date(NaN) }), 'invalid expiration'],
    [() => ({ ...KEYS, expiration: new Date(0) }), 'they expired at'],
  ]) {
    const refused = await failure(new Bedrock(signed, undefined, provider).converse(...QUESTION));
    assert.ok(refused.text.includes(words), refused.text);
  }
});

test('errors of the service', async () => {
  const error = await failure(new Bedrock(await replay('--fault', 'throttle')).stream(...QUESTION));
  assert.equal(error.kind, 'Service None');
  assert.match(error.text, /ThrottlingException/);
  const exception = await failure(new Bedrock(await replay('--fault', 'exception=modelStreamErrorException:6')).stream(...QUESTION));
  assert.match(exception.text, /ModelStreamErrorException/i);
  assert.notEqual(exception.partial, '');
});

test('a stream that breaks', async () => {
  for (const fault of ['truncate=700', 'close-after=700', 'reset-after=700']) {
    const error = await failure(new Bedrock(await replay('--fault', fault)).stream(...QUESTION));
    assert.notEqual(error.partial, '', fault);
    assert.ok(!error.is_service, fault);
  }
});

test('nobody there, and a peer that speaks no HTTP', async () => {
  const gone = await serve(() => {});
  servers.pop().close();
  const refused = await failure(new Bedrock(gone).converse(...QUESTION));
  assert.equal(refused.kind, 'Transport Some(Connect)');
  assert.match(refused.text, /ECONNREFUSED/);
  const unknown = await failure(new Bedrock('https://bedrock.invalid').converse(...QUESTION));
  assert.equal(unknown.kind, 'Transport Some(Connect)');
});

test('an error without a reason has the hint', async () => {
  const real = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
  try {
    const error = await failure(new Bedrock('https://bedrock.example', undefined, () => KEYS).converse(...QUESTION));
    assert.equal(error.kind, 'Transport Some(Connect)');
    assert.match(error.text, /TypeError: Failed to fetch/);
    assert.match(error.hint, /CORS/);
  } finally {
    globalThis.fetch = real;
  }
});

test('redirects are not followed', async () => {
  let requests = 0;
  const url = await serve((request, response) => {
    requests += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const error = await failure(new Bedrock(url).converse(...QUESTION));
  assert.equal(error.kind, 'Transport Some(Redirect)');
  assert.equal(requests, 1);
});

// A server that streams for as long as its client is there, one frame of the fixture first.
async function endless(pause) {
  let closed;
  const gone = new Promise((resolve) => { closed = resolve; });
  const url = await serve(async (request, response) => {
    response.on('close', closed);
    const source = await fetch(`${await replay('--chunk', 'whole')}${request.url}`, {
      method: 'POST', body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: QUESTION[1] }] }] }),
    });
    const body = Buffer.from(await source.arrayBuffer());
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    response.write(body.subarray(0, body.length / 2));
    if (pause) return;
    const more = setInterval(() => response.write(Buffer.alloc(0)), 10);
    response.on('close', () => clearInterval(more));
  });
  return { url, gone };
}

test('a dropped stream closes its connection', async () => {
  const { url, gone } = await endless(true);
  const text = await new Bedrock(url).stream(...QUESTION, 3);
  assert.notEqual(text, '');
  await gone;
});

test('time limits', async () => {
  const idle = await endless(true);
  const begun = Date.now();
  const error = await failure(new Bedrock(idle.url, undefined, undefined, 200).stream(...QUESTION));
  assert.match(error.text, /timed out after 200ms waiting for the next chunk/);
  await idle.gone;
  const whole = await endless(true);
  const late = await failure(new Bedrock(whole.url, undefined, undefined, undefined, 2000).stream(...QUESTION));
  assert.match(late.text, /timed out after 2s waiting for the whole response/);
  await whole.gone;
  const mute = await serve(() => {});
  const silent = await failure(new Bedrock(mute, undefined, undefined, undefined, 200).converse(...QUESTION));
  assert.match(silent.text, /timed out after 200ms/);
  assert.ok(Date.now() - begun >= 2400);
});

test('waits', async () => {
  const begun = performance.now();
  await wait(50);
  assert.ok(performance.now() - begun >= 49);
  await wait(0);
});

test('connect gets the credentials alone', async () => {
  await new Bedrock('http://127.0.0.1:9').connect();
  const error = await failure(new Bedrock('http://127.0.0.1:9', undefined, () => ({})).connect());
  assert.match(error.kind, /^Credentials/);
});

test('a host without randomness gets no client', () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
  try {
    assert.throws(() => new Bedrock('http://127.0.0.1:9'), (error) => /no random seed set/.test(error.text));
  } finally {
    Object.defineProperty(globalThis, 'crypto', real);
  }
});
