import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toApiPassthrough } from './passthrough.ts';

test('usages go under the names that AWS has for them, others by OID', () => {
  const passthrough = { keyUsages: ['content commitment', 'cert sign'], extendedKeyUsages: ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.5'] } as const;
  assert.deepEqual(toApiPassthrough(passthrough), {
    Extensions: {
      KeyUsage: { NonRepudiation: true, KeyCertSign: true },
      ExtendedKeyUsage: [{ ExtendedKeyUsageType: 'CLIENT_AUTH' }, { ExtendedKeyUsageObjectIdentifier: '1.3.6.1.5.5.7.3.5' }],
    },
  });
});

test('an extension without values is not handed over', () => {
  assert.equal(toApiPassthrough(undefined), undefined);
  assert.equal(toApiPassthrough({ keyUsages: [], extendedKeyUsages: [] }), undefined);
  assert.deepEqual(toApiPassthrough({ keyUsages: ['crl sign'], extendedKeyUsages: [] }), { Extensions: { KeyUsage: { CRLSign: true } } });
});
