// Test support: certificates and CSRs to order. Written by pkijs and signed by node:crypto, so that every key kind works.
import * as asn1js from 'asn1js';
import { randomBytes } from 'node:crypto';
import * as pkijs from 'pkijs';
import { writePem } from './pem.ts';
import { bufferOf, type TestExtensions, writeExtensions, writeKeyIdentifiers } from './test-extensions.ts';
import { makeKey, signatureAlgorithm, signWith, type TestKey, type TestKeyType, type TestSigning } from './test-keys.ts';

/** A common name ('' for an empty name), or attributes as [OID, value]. */
export type TestName = string | readonly (readonly [oid: string, value: string])[];

export interface TestCertificateOptions extends TestExtensions, TestSigning {
  /** 'test' by default. */
  readonly subject?: TestName | undefined;
  /** The subject's key: one made before, or the kind of a new one (P-256 by default). */
  readonly key?: TestKey | TestKeyType | undefined;
  /** Who signs; absent: the certificate signs itself. */
  readonly issuer?: TestCertificate | undefined;
  /** 2026-01-01T00:00:00Z by default. */
  readonly notBefore?: Date | undefined;
  /** 2036-01-01T00:00:00Z by default. */
  readonly notAfter?: Date | undefined;
  /** Hex; random by default. */
  readonly serial?: string | undefined;
  /** Leaves out subject and authority key identifiers. */
  readonly withoutKeyIdentifiers?: boolean | undefined;
}

export interface TestCertificate {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: TestKey;
  readonly name: TestName;
}

export interface TestCsrOptions extends TestExtensions, TestSigning {
  readonly subject?: TestName | undefined;
  readonly key?: TestKey | TestKeyType | undefined;
  /** Signs instead of `key`, which makes the signature a false one. */
  readonly signedBy?: TestKey | undefined;
}

export interface TestCsr {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: TestKey;
}

/**
 * Makes a certificate. A CA (isCA) gets the key usages of PCA's CA templates unless others are given; nothing else is
 * added beyond the key identifiers.
 */
export function makeCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const key = keyOf(options.key);
  const issuerKey = options.issuer?.key ?? key;
  const spki = publicKeyInfo(key);
  const authority = options.issuer && publicKeyInfo(options.issuer.key);
  const keyUsages = options.keyUsages ?? (options.isCA === true ? (['digital signature', 'cert sign', 'crl sign'] as const) : undefined);
  const algorithm = signatureAlgorithm(issuerKey, options);
  const subject = options.subject ?? 'test';
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({ valueHex: bufferOf(Buffer.from(options.serial ?? `4a${randomBytes(15).toString('hex')}`, 'hex')) }),
    subject: distinguishedName(subject),
    issuer: distinguishedName(options.issuer?.name ?? subject),
    notBefore: time(options.notBefore ?? new Date('2026-01-01T00:00:00Z')),
    notAfter: time(options.notAfter ?? new Date('2036-01-01T00:00:00Z')),
    subjectPublicKeyInfo: spki,
    signature: algorithm,
    signatureAlgorithm: algorithm,
    extensions: [
      ...(options.withoutKeyIdentifiers === true ? [] : writeKeyIdentifiers(spki, authority)),
      ...writeExtensions({ ...options, keyUsages }),
    ],
  });
  const der = seal(certificate, issuerKey, options);
  return { der, pem: writePem('CERTIFICATE', der), key, name: subject };
}

/** Makes a CSR; the extension request is left out when there is nothing to ask for. */
export function makeCsr(options: TestCsrOptions = {}): TestCsr {
  const key = keyOf(options.key);
  const extensions = writeExtensions(options);
  const request = new pkijs.CertificationRequest({
    version: 0,
    subject: distinguishedName(options.subject ?? 'test'),
    subjectPublicKeyInfo: publicKeyInfo(key),
    attributes: extensions.length === 0 ? [] : [extensionRequest(extensions)],
    signatureAlgorithm: signatureAlgorithm(options.signedBy ?? key, options),
  });
  const der = seal(request, options.signedBy ?? key, options);
  return { der, pem: writePem('CERTIFICATE REQUEST', der), key };
}

function keyOf(key: TestKey | TestKeyType | undefined): TestKey {
  return typeof key === 'object' ? key : makeKey(key);
}

function publicKeyInfo(key: TestKey): pkijs.PublicKeyInfo {
  return pkijs.PublicKeyInfo.fromBER(bufferOf(key.spkiDer));
}

/** One component per attribute; pkijs by itself would write a single component that holds them all. */
function distinguishedName(name: TestName): pkijs.RelativeDistinguishedNames {
  const attributes = typeof name === 'string' ? (name === '' ? [] : [['2.5.4.3', name] as const]) : name;
  const components = attributes.map(([type, value]) => {
    const attribute = new pkijs.AttributeTypeAndValue({ type, value: new asn1js.Utf8String({ value }) });
    return new asn1js.Set({ value: [attribute.toSchema()] });
  });
  return pkijs.RelativeDistinguishedNames.fromBER(new asn1js.Sequence({ value: components }).toBER());
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5). */
function time(value: Date): pkijs.Time {
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? pkijs.TimeType.UTCTime : pkijs.TimeType.GeneralizedTime, value });
}

function extensionRequest(extensions: pkijs.Extension[]): pkijs.Attribute {
  return new pkijs.Attribute({ type: '1.2.840.113549.1.9.14', values: [new pkijs.Extensions({ extensions }).toSchema()] });
}

/** Signs what stands to be signed and writes the whole. */
function seal(document: pkijs.Certificate | pkijs.CertificationRequest, signer: TestKey, signing: TestSigning): Uint8Array {
  const [body] = document.toSchema(true).valueBlock.value;
  if (body === undefined) throw new Error('pkijs wrote nothing to sign');
  document.tbs = body.toBER();
  document.signatureValue = new asn1js.BitString({ valueHex: bufferOf(signWith(signer, signing, document.tbsView)) });
  return new Uint8Array(document.toSchema(true).toBER());
}
