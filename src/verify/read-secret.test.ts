import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '../domain/ask.ts';
import { fail, succeed } from '../domain/failure.ts';
import { readSecret } from './read-secret.ts';

const place = { namespace: 'istio-system', name: 'cacerts' };
const denied = fail({ class: 'unauthorised', code: '403 Forbidden', message: 'you may not', operation: 'GET' });
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const secret = { metadata: { annotations: { 'cert-manager.io/certificate-name': 'mesh' } }, data: { 'tls.crt': base64('\u00e9\r\n'), 'ca.crt': base64('root') } };

function answering(answers: Readonly<Record<string, Awaited<ReturnType<Ask>>>>): { readonly ask: Ask; readonly asked: string[] } {
  const asked: string[] = [];
  return { asked, ask: (path) => { asked.push(path); return Promise.resolve(Object.entries(answers).find(([end]) => path.endsWith(end))?.[1] ?? 'absent'); } };
}

test('it reads three objects by name and keeps every byte', async () => {
  const { ask, asked } = answering({
    'secrets/cacerts': succeed(secret),
    'configmaps/istio-ca-root-cert': succeed({ data: { 'root-cert.pem': 'root' } }),
    'certificates/mesh': succeed({ status: { notAfter: '2026-03-31T00:00:00Z', renewalTime: '2026-03-01T00:00:00Z' } }),
  });
  assert.deepEqual(await readSecret(ask, 'a', place), {
    kind: 'seen',
    notes: [],
    input: { name: 'a', data: { 'tls.crt': '\u00e9\r\n', 'ca.crt': 'root' }, handedOut: [{ namespace: 'istio-system', text: 'root' }], renewBeforeMs: 30 * 86_400_000 },
  });
  assert.deepEqual(asked.map((path) => path.split('/').slice(-2).join('/')).toSorted(), ['certificates/mesh', 'configmaps/istio-ca-root-cert', 'secrets/cacerts']);
});

test('without the Secret there is nothing to say; without the others it is said', async () => {
  assert.deepEqual(await readSecret(answering({}).ask, 'a', place), { kind: 'blind', why: 'a: there is no Secret istio-system/cacerts' });
  assert.equal((await readSecret(answering({ 'secrets/cacerts': denied }).ask, 'a', place)).kind, 'blind');
  const look = await readSecret(answering({ 'secrets/cacerts': succeed(secret), 'configmaps/istio-ca-root-cert': denied }).ask, 'a', place);
  assert.ok(look.kind === 'seen');
  assert.deepEqual(look.notes, ['a: the ConfigMap istio-system/istio-ca-root-cert was not looked at: you may not']);
  assert.deepEqual([look.input.handedOut, look.input.renewBeforeMs], [[], undefined]);
});
