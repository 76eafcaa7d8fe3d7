// A CA that signs its own request: the only thing that it may do before its first certificate.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createHierarchy } from '../authorities/hierarchy.ts';
import { makeSigningRequest } from '../fixtures/signing-request.ts';
import { defaultSettings } from '../settings.ts';
import { openStore } from '../state/store.ts';
import { ApiError } from '../wire/api-error.ts';
import type { Call } from './call.ts';
import { getCertificate } from './get-certificate.ts';
import { issueCertificate } from './issue-certificate.ts';

const store = openStore(undefined);
const place = { account: '111122223333', region: 'eu-central-1' };
const [external, pending] = await createHierarchy(
  store,
  { name: 'mesh', ...place, tiers: [{ name: 'outside', keyAlgorithm: 'EC_prime256v1', external: true }, { name: 'inside', keyAlgorithm: 'EC_prime256v1' }] },
  Date.now(),
);
assert.ok(external !== undefined && pending !== undefined);
const caller = { ...place, arn: 'arn:aws:iam::111122223333:user/tester', accessKeyId: 'AKIA', roleArn: undefined };
const call = (operation: string): Call => ({ operation, caller, store, settings: { ...defaultSettings, signingMs: 0 }, nowMs: Date.now(), innerFault: undefined, notes: {} });
const privateKey = createPrivateKey(pending.privateKeyPem);
const ownRequest = makeSigningRequest({ key: { privateKey, publicKey: createPublicKey(privateKey) }, subject: { CommonName: 'mesh inside' } });
const issue = (csr: string, template: string, years = 20) =>
  issueCertificate(
    {
      CertificateAuthorityArn: pending.arn,
      Csr: Buffer.from(csr).toString('base64'),
      SigningAlgorithm: 'SHA256WITHECDSA',
      Validity: { Type: 'YEARS', Value: years },
      TemplateArn: `arn:aws:acm-pca:::template/${template}/V1`,
    },
    call('IssueCertificate'),
  ).CertificateArn;
const refusedWith = (code: string) => (error: unknown) => error instanceof ApiError && error.code === code;

test('a CA without a certificate signs its own request with a root template, and nothing else', () => {
  store.authorities.put(pending.arn, { ...pending, status: 'PENDING_CERTIFICATE' });
  assert.throws(() => issue(ownRequest, 'EndEntityCertificate'), refusedWith('InvalidStateException'));
  assert.throws(() => issue(makeSigningRequest(), 'RootCACertificate'), refusedWith('InvalidArgsException'));
  assert.ok(issue(ownRequest, 'RootCACertificate'));
});

test('the certificate verifies by its own key, may outlive the CA, and comes without a chain', () => {
  const fetched = getCertificate({ CertificateAuthorityArn: pending.arn, CertificateArn: issue(ownRequest, 'RootCACertificate') }, call('GetCertificate'));
  const certificate = new X509Certificate(fetched.Certificate);
  assert.ok(certificate.verify(certificate.publicKey) && certificate.subject === certificate.issuer);
  assert.ok(certificate.validToDate.getTime() > pending.notAfterMs);
  assert.equal('CertificateChain' in fetched, false);
});

test('a CA outside AWS is in the chain, and the API does not know it', () => {
  store.authorities.put(pending.arn, pending);
  const leaf = issue(makeSigningRequest(), 'EndEntityCertificate', 1);
  const { CertificateChain } = getCertificate({ CertificateAuthorityArn: pending.arn, CertificateArn: leaf }, call('GetCertificate'));
  assert.equal(CertificateChain, `${pending.certificate}\n${external.certificate}`);
  assert.throws(() => getCertificate({ CertificateAuthorityArn: external.arn, CertificateArn: `${external.arn}/certificate/00` }, call('GetCertificate')), refusedWith('ResourceNotFoundException'));
});
