import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { describePublicKey, loadPublicKey } from './algorithms.ts';
import { sharedKey } from './test-keys.ts';

test('a key of every kind that a CA of AWS may have is known by name', () => {
  const sm2 = new Uint8Array(generateKeyPairSync('ec', { namedCurve: 'SM2' }).publicKey.export({ type: 'spki', format: 'der' }));
  const rows = [
    [sharedKey('RSA-2048').spkiDer, 'rsa', 'RSA-2048'],
    [sharedKey('P-256').spkiDer, 'ec', 'P-256'],
    [sharedKey('P-384').spkiDer, 'ec', 'P-384'],
    [sharedKey('P-521').spkiDer, 'ec', 'P-521'],
    [sharedKey('ML-DSA-44').spkiDer, 'ml-dsa', 'ML-DSA-44'],
    [sharedKey('ML-DSA-65').spkiDer, 'ml-dsa', 'ML-DSA-65'],
    [sharedKey('ML-DSA-87').spkiDer, 'ml-dsa', 'ML-DSA-87'],
    [sm2, 'ec', 'SM2'],
  ] as const;
  for (const [spki, kind, name] of rows) {
    const facts = describePublicKey(spki, loadPublicKey(spki));
    assert.deepEqual([facts.kind, facts.name], [kind, name]);
  }
});
