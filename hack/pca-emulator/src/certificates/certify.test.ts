import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { extensionSentences } from '../fixtures/certificate-facts.ts';
import { dnsNames, makeSigningRequest, sharedRsaKey, uriName } from '../fixtures/signing-request.ts';
import { ApiError } from '../wire/api-error.ts';
import { certify, type CertificateOrder, type IssuingAuthority } from './certify.ts';
import { sequence } from './der.ts';
import { nameDer } from './distinguished-name.ts';
import { readSigningRequest } from './signing-request.ts';
import { templates } from './template-table.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ecIssuing: IssuingAuthority = {
  subject: nameDer({ CommonName: 'issuing' }), subjectKeyId: Buffer.alloc(20, 1), privateKey: ec.privateKey, keyAlgorithm: 'EC_prime256v1',
  region: 'eu-central-1', pathLength: 1, notAfterMs: undefined, isShortLived: false, crlUrl: undefined, ocspUrl: undefined,
};
const rsaIssuing: IssuingAuthority = { ...ecIssuing, privateKey: sharedRsaKey.privateKey, keyAlgorithm: 'RSA_2048' };
const noName = sequence();

function order(change: Partial<CertificateOrder> & { readonly templateName?: string; readonly pem?: string } = {}): CertificateOrder {
  const { templateName = 'EndEntityCertificate', pem = makeSigningRequest(), ...rest } = change;
  return {
    template: templates.get(templateName)!, request: readSigningRequest(Buffer.from(pem)), apiPassthrough: undefined, signing: 'SHA256WITHECDSA',
    validity: { Type: 'DAYS', Value: 1 }, validityNotBefore: undefined, nowMs: 1_800_000_000_000, ...rest,
  };
}
const refusedWith = (code: string, message: RegExp) => (error: unknown) => error instanceof ApiError && error.code === code && message.test(error.message);

for (const signing of ['SHA256WITHRSA', 'SHA384WITHRSA', 'SHA512WITHRSA', 'SHA256WITHRSA_PSS', 'SHA384WITHRSA_PSS', 'SHA512WITHRSA_PSS']) {
  test(`an RSA CA signs with ${signing}, and the signature verifies`, () => {
    assert.ok(new X509Certificate(certify(rsaIssuing, order({ signing })).certificate).verify(sharedRsaKey.publicKey));
  });
}

for (const signing of ['SHA256WITHECDSA', 'SHA384WITHECDSA', 'SHA512WITHECDSA']) {
  test(`a P-256 CA of a legacy region signs with ${signing}, and the signature verifies`, () => {
    assert.ok(new X509Certificate(certify(ecIssuing, order({ signing })).certificate).verify(ec.publicKey));
  });
}

test('a P-256 CA of another region signs with the hash of its curve only', () => {
  const strict = { ...ecIssuing, region: 'eu-south-1' };
  assert.throws(() => certify(strict, order({ signing: 'SHA384WITHECDSA' })), refusedWith('InvalidArgsException', /Valid signing algorithms are: SHA256WITHECDSA\.$/));
});

test('an algorithm of the other family is refused in AWS\'s words', () => {
  const sentence =
    /^Signing algorithm SHA384WITHECDSA cannot be used with key type RSA_2048\. Valid signing algorithms are: SHA256WITHRSA, SHA384WITHRSA, SHA512WITHRSA\.$/;
  assert.throws(() => certify(rsaIssuing, order({ signing: 'SHA384WITHECDSA' })), refusedWith('InvalidArgsException', sentence));
});

test('a CA gives on a path length below its own only', () => {
  assert.ok(certify(ecIssuing, order({ templateName: 'SubordinateCACertificate_PathLen0' })));
  for (const name of ['SubordinateCACertificate_PathLen1', 'BlankSubordinateCACertificate_PathLen3_APIPassthrough']) {
    assert.throws(() => certify(ecIssuing, order({ templateName: name })), refusedWith('ValidationException', /path length/));
  }
  assert.throws(() => certify({ ...ecIssuing, pathLength: 0 }, order({ templateName: 'SubordinateCACertificate_PathLen0' })), refusedWith('ValidationException', /path length/));
  assert.ok(certify({ ...ecIssuing, pathLength: 0 }, order()));
  assert.ok(certify({ ...ecIssuing, pathLength: undefined }, order({ templateName: 'SubordinateCACertificate_PathLen3' })));
});

test('the serial is positive, has 32 hex digits and is never the same twice', () => {
  const serials = Array.from({ length: 20 }, () => new X509Certificate(certify(ecIssuing, order()).certificate).serialNumber);
  assert.ok(serials.every((serial) => /^[1-7][0-9A-F]{31}$/.test(serial)));
  assert.equal(new Set(serials).size, 20);
});

test('a request without a subject needs a SAN, and a critical one', () => {
  assert.throws(() => certify(ecIssuing, order({ pem: makeSigningRequest({ name: noName }) })), refusedWith('MalformedCSRException', /neither a subject nor/));
  const plain = makeSigningRequest({ name: noName, extensions: [uriName(false, 'spiffe://a/b')] });
  assert.throws(() => certify(ecIssuing, order({ pem: plain })), refusedWith('MalformedCSRException', /not critical/));
  const critical = makeSigningRequest({ name: noName, extensions: [uriName(true, 'spiffe://a/b')] });
  const { certificate } = certify(ecIssuing, order({ pem: critical }));
  assert.ok(extensionSentences(certificate).includes('SAN critical'));
  assert.equal(new X509Certificate(certificate).subjectAltName, 'URI:spiffe://a/b');
});

test('a DNS name of more than 253 octets is refused', () => {
  const long = makeSigningRequest({ extensions: [{ ...dnsNames(false), value: sequence(Buffer.concat([Buffer.from([0x82, 0x81, 0xfe]), Buffer.alloc(254, 'a')])) }] });
  assert.throws(() => certify(ecIssuing, order({ pem: long })), refusedWith('MalformedCSRException', /253/));
});

test('a subject and a SAN of the API win over the request\'s in an API template', () => {
  const apiPassthrough = { Subject: { CommonName: 'api' }, Extensions: { SubjectAlternativeNames: [{ DnsName: 'api.example.com' }] } };
  const pem = makeSigningRequest({ extensions: [dnsNames(false, 'csr.example.com')] });
  const made = new X509Certificate(certify(ecIssuing, order({ templateName: 'EndEntityCertificate_APIPassthrough', apiPassthrough, pem })).certificate);
  assert.deepEqual([made.subject, made.subjectAltName], ['CN=api', 'DNS:api.example.com']);
});

test('a passthrough of the API is dropped without a word by other templates', () => {
  const apiPassthrough = { Subject: { CommonName: 'api' }, Extensions: { SubjectAlternativeNames: [{}] } };
  const made = new X509Certificate(certify(ecIssuing, order({ apiPassthrough })).certificate);
  assert.equal(made.subject, 'CN=leaf.example.com');
});

test('a general name of the API has exactly one member', () => {
  const apiPassthrough = { Extensions: { SubjectAlternativeNames: [{ DnsName: 'a', Rfc822Name: 'b' }] } };
  assert.throws(() => certify(ecIssuing, order({ templateName: 'EndEntityCertificate_APIPassthrough', apiPassthrough })), refusedWith('InvalidArgsException', /exactly one/));
});

test('every kind of general name is written so that others can read it', () => {
  const names = [
    { DnsName: 'a.example.com' }, { Rfc822Name: 'a@example.com' }, { UniformResourceIdentifier: 'https://a.example.com' }, { IpAddress: '10.1.2.3' },
    { IpAddress: '2001:db8::7' }, { RegisteredId: '1.2.3.4' }, { DirectoryName: { CommonName: 'dir' } },
  ];
  const made = certify(ecIssuing, order({ templateName: 'EndEntityCertificate_APIPassthrough', apiPassthrough: { Extensions: { SubjectAlternativeNames: names } } }));
  assert.equal(
    new X509Certificate(made.certificate).subjectAltName,
    'DNS:a.example.com, email:a@example.com, URI:https://a.example.com, IP Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:0:7, Registered ID:1.2.3.4, DirName:CN=dir',
  );
});

test('policies and custom attributes of the API are written', () => {
  const apiPassthrough = {
    Subject: { CustomAttributes: [{ ObjectIdentifier: '2.5.4.3', Value: 'custom' }] },
    Extensions: { CertificatePolicies: [{ CertPolicyId: '1.2.3', PolicyQualifiers: [{ Qualifier: { CpsUri: 'https://cps.example.com' } }] }] },
  };
  const { certificate } = certify(ecIssuing, order({ templateName: 'BlankEndEntityCertificate_APIPassthrough', apiPassthrough }));
  assert.equal(new X509Certificate(certificate).subject, 'CN=custom');
  assert.ok(extensionSentences(certificate).includes('policies'));
});
