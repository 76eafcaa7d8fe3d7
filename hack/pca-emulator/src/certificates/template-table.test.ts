import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { extensionSentences } from '../fixtures/certificate-facts.ts';
import { dnsNames, makeSigningRequest, privateExtension } from '../fixtures/signing-request.ts';
import { certify, type IssuingAuthority } from './certify.ts';
import { nameDer } from './distinguished-name.ts';
import { basicConstraints, extendedKeyUsage, keyUsage } from './extension.ts';
import { readSigningRequest } from './signing-request.ts';
import { templates } from './template-table.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const issuing: IssuingAuthority = {
  subject: nameDer({ CommonName: 'issuing' }), subjectKeyId: Buffer.alloc(20, 1), privateKey, keyAlgorithm: 'EC_prime256v1', region: 'eu-central-1',
  pathLength: undefined, notAfterMs: undefined, isShortLived: false, crlUrl: undefined, ocspUrl: undefined,
};
// A request that wants everything for itself: only what the template leaves free may get through.
const request = readSigningRequest(
  Buffer.from(makeSigningRequest({
    extensions: [
      dnsNames(false, 'a.example.com'), basicConstraints(true, true, 5), keyUsage(['KeyAgreement']), extendedKeyUsage(['1.3.6.1.5.5.7.3.9'], false), privateExtension('1.2.3.1'),
    ],
  })),
);
const apiPassthrough = {
  Extensions: {
    KeyUsage: { NonRepudiation: true },
    ExtendedKeyUsage: [{ ExtendedKeyUsageType: 'CODE_SIGNING' }],
    CustomExtensions: [{ ObjectIdentifier: '1.2.3.2', Value: 'BQA=' }],
  },
};

const leaf = 'BC CA:FALSE';
const criticalLeaf = 'BC critical CA:FALSE';
const ca = 'BC critical CA:TRUE';
const leafUsage = 'KU critical digitalSignature,keyEncipherment';
const signature = 'KU critical digitalSignature';
const caUsage = 'KU critical digitalSignature,keyCertSign,cRLSign';
const four = ['', '_CSRPassthrough', '_APIPassthrough', '_APICSRPassthrough'];
const blank = four.slice(1);
const api = ['_APIPassthrough'];

// The user guide, row by row: variants, and what the template itself writes.
const rows: readonly (readonly [stem: string, variants: readonly string[], written: readonly string[]])[] = [
  ['EndEntityCertificate', four, [leaf, leafUsage, 'EKU serverAuth,clientAuth']],
  ['EndEntityClientAuthCertificate', four, [leaf, leafUsage, 'EKU clientAuth']],
  ['EndEntityServerAuthCertificate', four, [leaf, leafUsage, 'EKU serverAuth']],
  ['CodeSigningCertificate', four, [leaf, signature, 'EKU critical codeSigning']],
  ['OCSPSigningCertificate', four, [leaf, signature, 'EKU critical OCSPSigning']],
  ['RootCACertificate', ['', ...api], [ca, caUsage]],
  ['SubordinateCACertificate_PathLen0', four, [`${ca} pathlen:0`, caUsage]],
  ['SubordinateCACertificate_PathLen1', four, [`${ca} pathlen:1`, caUsage]],
  ['SubordinateCACertificate_PathLen2', four, [`${ca} pathlen:2`, caUsage]],
  ['SubordinateCACertificate_PathLen3', four, [`${ca} pathlen:3`, caUsage]],
  ['BlankEndEntityCertificate', blank, [leaf]],
  ['BlankEndEntityCertificate_CriticalBasicConstraints', blank, [criticalLeaf]],
  ['BlankSubordinateCACertificate_PathLen0', blank, [`${ca} pathlen:0`]],
  ['BlankSubordinateCACertificate_PathLen1', blank, [`${ca} pathlen:1`]],
  ['BlankSubordinateCACertificate_PathLen2', blank, [`${ca} pathlen:2`]],
  ['BlankSubordinateCACertificate_PathLen3', blank, [`${ca} pathlen:3`]],
  ['BlankRootCACertificate', api, [ca]],
  ['BlankRootCACertificate_PathLen0', api, [`${ca} pathlen:0`]],
  ['BlankRootCACertificate_PathLen1', api, [`${ca} pathlen:1`]],
  ['BlankRootCACertificate_PathLen2', api, [`${ca} pathlen:2`]],
  ['BlankRootCACertificate_PathLen3', api, [`${ca} pathlen:3`]],
];
const names = rows.flatMap(([stem, variants]) => variants.map((variant) => stem + variant));

test('there are 61 templates, and no others', () => {
  assert.equal(names.length, 61);
  assert.deepEqual([...templates.keys()].toSorted(), names.toSorted());
});

for (const [stem, variants, written] of rows) {
  for (const variant of variants) {
    test(`${stem}${variant} writes exactly its own extensions, and lets through what it leaves free`, () => {
      const template = templates.get(stem + variant)!;
      const validity = { Type: 'DAYS', Value: 1 } as const;
      const made = certify(issuing, { template, request, apiPassthrough, signing: 'SHA256WITHECDSA', validity, validityNotBefore: undefined, nowMs: 1_800_000_000_000 });
      const isWritten = (kind: string) => written.some((sentence) => sentence.startsWith(kind));
      const expected = [...written, 'SKI', 'SAN'];
      if (!stem.includes('Root')) expected.push('AKI');
      if (variant.includes('API')) {
        expected.push('1.2.3.2');
        if (!isWritten('KU')) expected.push('KU critical nonRepudiation');
        if (!isWritten('EKU')) expected.push('EKU codeSigning');
      }
      if (variant.includes('CSR')) {
        expected.push('1.2.3.1');
        if (!isWritten('KU') && !variant.includes('API')) expected.push('KU critical keyAgreement');
        if (!isWritten('EKU') && !variant.includes('API')) expected.push('EKU OCSPSigning');
      }
      assert.deepEqual(extensionSentences(made.certificate), expected.toSorted());
    });
  }
}

test('revocation as the CA configures it shows in all but root certificates, and a CSR cannot replace it', () => {
  const revoking = { ...issuing, crlUrl: 'http://crl.example.com/crl/1.crl', ocspUrl: 'http://ocsp.example.com' };
  const sentences = (name: string) =>
    extensionSentences(
      certify(revoking, {
        template: templates.get(name)!, request, apiPassthrough: undefined, signing: 'SHA256WITHECDSA', validity: { Type: 'DAYS', Value: 1 }, validityNotBefore: undefined, nowMs: 1_800_000_000_000,
      }).certificate,
    );
  assert.ok(sentences('EndEntityCertificate').includes('CDP'));
  assert.ok(sentences('EndEntityCertificate').includes('AIA'));
  assert.ok(!sentences('RootCACertificate').includes('CDP'));
});
