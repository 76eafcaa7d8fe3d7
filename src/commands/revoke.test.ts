import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions, runRevoke } from './revoke.ts';

const ca = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555';

test('what is to be revoked is named in one of four ways', () => {
  const options = readOptions(['--serial', '4A:1b', '--ca', ca, '--reason', 'key-compromise', '--yes']);
  assert.ok(typeof options === 'object');
  assert.deepEqual([options.order.serial, options.order.reason, options.order.isConfirmed, options.order.search], ['4a1b', 'KEY_COMPROMISE', true, undefined]);
  const byName = readOptions(['--certificate=cacerts', '--renew', '--context', 'a']);
  assert.ok(typeof byName === 'object');
  assert.deepEqual([byName.order.search, byName.order.isRenewed, byName.context], [{ kind: 'certificate', namespace: 'istio-system', name: 'cacerts' }, true, 'a']);
});

test('a call that is no call says what is wrong with it', () => {
  const rows = [
    [[], /name one of/],
    [['--secret', 'a', '--request', 'b'], /name one of/],
    [['--serial', '4a'], /wants --ca/],
    [['--serial', 'xyz', '--ca', ca], /in hex/],
    [['--certificate', 'a', '--ca', 'arn:x'], /no ARN of a private CA/],
    [['--certificate', 'a', '--reason', 'because'], /KEY_COMPROMISE/],
    [['--what'], /what/],
  ] as const;
  for (const [args, words] of rows) {
    const said = readOptions(args);
    assert.ok(typeof said === 'string');
    assert.match(said, words);
  }
});

test('without a terminal and without --yes nothing is done, not even looked at', async (t) => {
  const errors: string[] = [];
  t.mock.method(console, 'error', (text: string) => errors.push(text));
  const isTTY = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
  Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true });
  t.after(() => (isTTY === undefined ? Reflect.deleteProperty(process.stdin, 'isTTY') : Object.defineProperty(process.stdin, 'isTTY', isTTY)));
  assert.equal(await runRevoke(['--certificate', 'cacerts'], {}), 2);
  assert.match(errors.join('\n'), /say --yes, or --dry-run/);
});

test('--help teaches the rights that it takes and what Istio does not notice', async (t) => {
  const lines: string[] = [];
  t.mock.method(console, 'log', (text: string) => lines.push(text));
  assert.equal(await runRevoke(['--help']), 0);
  for (const words of ['acm-pca:RevokeCertificate', 'Istio does not notice', 'Exit codes: 0 done, 1', 'a-a-compromise']) assert.ok(lines.join('\n').includes(words), words);
  assert.ok(lines.join('\n').split('\n').every((line) => line.length <= 135));
});
