import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { runProbe } from './probe.ts';

const patience = { timeoutMs: 60_000, pauseMs: 1 };

/** Serves the given answers in turn, the last one for ever. @param heard is told how often it was asked. */
async function serving(t: TestContext, answers: readonly (readonly [status: number, text: string])[], heard = (_times: number): void => {}): Promise<string> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const [status, text] = answers[Math.min(asked++, answers.length - 1)] ?? [500, ''];
    heard(asked);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  t.mock.method(console, 'log', () => {});
  t.mock.method(console, 'error', () => {});
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

test('it asks until the answer is 200 and holds the text', async (t) => {
  const url = await serving(t, [[503, ''], [200, 'leads 0\n'], [200, 'leads 1\n']]);
  assert.equal(await runProbe([url, '--until=leads 1'], patience), 0);
});

test('an answer without the text is a failure, and so is none; the last fault is told', async (t) => {
  const over = new AbortController();
  const url = await serving(t, [[200, 'leads 0\n']], (times) => times === 2 && over.abort());
  assert.equal(await runProbe([url, '--until=leads 1'], { timeoutMs: 500, pauseMs: 1 }, over.signal), 1);
  assert.equal(await runProbe(['http://127.0.0.1:1/'], { timeoutMs: 20, pauseMs: 1 }), 1);
  const told = (console.error as unknown as { mock: { calls: readonly { arguments: readonly unknown[] }[] } }).mock.calls.map(({ arguments: [text] }) => String(text));
  assert.match(told[0] ?? '', /the answer lacks leads 1; given up after 0\.5 s/);
  assert.match(told[1] ?? '', /^http:\/\/127\.0\.0\.1:1\/: /);
});

test('a call that is no call is told how to do it', async (t) => {
  await serving(t, []);
  for (const args of [[], ['nowhere'], ['http://a/', 'leads'], ['http://a/', '--until=b', 'c']]) assert.equal(await runProbe(args, patience), 2);
});
