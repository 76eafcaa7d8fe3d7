// Extensions that the template would drop without a word: refused by name, before anything is paid for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anIssuerConfig } from '../domain/test-values.ts';
import { makeCsr, type TestCsrOptions } from '../pki/test-certificates.ts';
import { RICH_CSR } from '../pki/test-openssl-requests.ts';
import { makeTestWorld } from './test-world.ts';

const extension = (oid: string, ...bytes: readonly number[]): TestCsrOptions => ({ extraExtensions: [{ oid, isCritical: false, der: Uint8Array.from(bytes) }] });
const csrOf = (options: TestCsrOptions): string => makeCsr({ subject: 'cluster-a.istio-ca', ...options }).pem;

const rows: readonly { readonly what: string; readonly csrPem: string; readonly says: RegExp }[] = [
  { what: 'name constraints', csrPem: csrOf({ nameConstraints: { permittedDns: ['cluster.local'] } }), says: /the CSR carries name constraints \(2\.5\.29\.30\), which template SubordinateCACertificate_PathLen0\/V1 would drop/ },
  { what: 'certificate policies', csrPem: csrOf(extension('2.5.29.32', 0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03)), says: /the CSR carries certificate policies \(2\.5\.29\.32\), which/ },
  { what: 'must-staple', csrPem: csrOf(extension('1.3.6.1.5.5.7.1.24', 0x30, 0x03, 0x02, 0x01, 0x05)), says: /the CSR carries TLS feature \(must-staple\) \(1\.3\.6\.1\.5\.5\.7\.1\.24\), which/ },
  { what: 'an extension of somebody\'s own', csrPem: csrOf(extension('1.3.6.1.4.1.99999.1', 0x05, 0x00)), says: /the CSR carries 1\.3\.6\.1\.4\.1\.99999\.1, which/ },
  {
    what: 'three of them, written by OpenSSL',
    csrPem: RICH_CSR,
    says: /the CSR carries name constraints \(2\.5\.29\.30\), TLS feature \(must-staple\) \(1\.3\.6\.1\.5\.5\.7\.1\.24\), 1\.2\.3\.4\.5, which/,
  },
];

for (const { what, csrPem, says } of rows) {
  test(`a CSR with ${what} fails at once, by name, and nothing is asked of AWS`, async () => {
    const world = makeTestWorld({ csrPem });
    world.settle();
    await world.run();
    const ready = world.state.request?.conditions.find(({ type }) => type === 'Ready');
    assert.deepEqual([ready?.reason, world.state.issueCalls.length], ['Failed', 0]);
    assert.match(ready?.message ?? '', says);
  });

  test(`a CSR with ${what} is sent where the issuer's template takes extensions from the CSR`, async () => {
    const world = makeTestWorld({ csrPem });
    world.settle({ config: anIssuerConfig({ templateName: 'SubordinateCACertificate_PathLen0_CSRPassthrough/V1' }) });
    await world.look();
    assert.equal(world.state.issueCalls.length, 1);
  });
}
