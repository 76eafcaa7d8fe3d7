import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPrivateKey } from './private-key.ts';
import { sharedKey } from './test-keys.ts';

const rsa = sharedKey('RSA-2048').privateKey;
const ec = sharedKey('P-256').privateKey;

test('the three forms that istiod reads are read', () => {
  const texts = [rsa.export({ type: 'pkcs1', format: 'pem' }), ec.export({ type: 'sec1', format: 'pem' }), ec.export({ type: 'pkcs8', format: 'pem' })];
  assert.deepEqual(texts.map((text) => readPrivateKey(String(text)).kind), ['key', 'key', 'key']);
});

test('prose before a key and CRLF are passed over, as Go does', () => {
  const text = String(ec.export({ type: 'pkcs8', format: 'pem' }));
  for (const each of [`a key\n${text}`, text.replaceAll('\n', '\r\n')]) assert.equal(readPrivateKey(each).kind, 'key', each);
});

test('an encrypted key is called so, in both of its forms', () => {
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  const modern = ec.export({ type: 'pkcs8', format: 'pem', ...cipher });
  const old = rsa.export({ type: 'pkcs1', format: 'pem', ...cipher });
  assert.deepEqual([modern, old].map((text) => readPrivateKey(String(text)).kind), ['encrypted', 'encrypted']);
});

test('what is no key says why, and quotes none of it', () => {
  const body = String(ec.export({ type: 'pkcs8', format: 'pem' })).split('\n')[1] ?? '';
  const rows: readonly (readonly [string, RegExp])[] = [
    ['', /holds no PEM block/],
    [body, /holds no PEM block/],
    [`-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${String(ec.export({ type: 'sec1', format: 'pem' }))}`, /starts with a block of the type EC PARAMETERS/],
    [`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`, /content is no private key/],
    [String(ec.export({ type: 'pkcs8', format: 'pem' })).replaceAll('PRIVATE KEY', 'EC PRIVATE KEY'), /content belongs under another label/],
    [String(rsa.export({ type: 'pkcs8', format: 'pem' })).replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY'), /content belongs under another label/],
    [`key: ${String(ec.export({ type: 'pkcs8', format: 'pem' }))}`, /holds no PEM block/],
  ];
  for (const [text, why] of rows) {
    const read = readPrivateKey(text);
    assert.ok(read.kind === 'unreadable', text);
    assert.match(read.why, why);
    assert.ok(!read.why.includes(body));
  }
});

test('a beginning without an end is passed over, as Go does, and a megabyte of them takes no longer than reading it', () => {
  const text = String(ec.export({ type: 'pkcs8', format: 'pem' }));
  const many = '-----BEGIN PRIVATE KEY-----\n'.repeat(37_000);
  assert.equal(readPrivateKey(`-----BEGIN PRIVATE KEY-----\n${text}`).kind, 'key');
  const before = process.cpuUsage();
  assert.equal(readPrivateKey(many).kind, 'unreadable');
  assert.equal(readPrivateKey(`-----BEGIN PRIVATE KEY-----\n${'A'.repeat(1_000_000)}`).kind, 'unreadable');
  assert.ok(process.cpuUsage(before).user < 5_000_000);
});
