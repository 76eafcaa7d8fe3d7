// The certificate itself: TBSCertificate put together from exact bytes, and signed.
import { createHash, randomBytes, type KeyObject } from 'node:crypto';
import { bitsOf, bitString, explicit, integer, read, sequence, smallInteger, time } from './der.ts';
import { extensionDer, type Extension } from './extension.ts';
import { toPem } from './pem.ts';
import { algorithmIdentifier, signBytes } from './signature-algorithm.ts';

export interface CertificateParts {
  /** 32 lower-case hex digits. */
  readonly serial: string;
  /** DER of the issuing CA's Name. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** DER of SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly Extension[];
  /** SigningAlgorithm of the API, for example SHA256WITHRSA. */
  readonly signing: string;
  readonly signingKey: KeyObject;
}

/** Signs a version 3 certificate; PEM without a newline at the end. */
export function makeCertificate(parts: CertificateParts): string {
  const algorithm = algorithmIdentifier(parts.signing);
  const signed = sequence(
    explicit(0, smallInteger(2)),
    integer(Buffer.from(parts.serial, 'hex')),
    algorithm,
    parts.issuer,
    sequence(time(parts.notBeforeMs), time(parts.notAfterMs)),
    parts.subject,
    parts.spki,
    explicit(3, sequence(...parts.extensions.map(extensionDer))),
  );
  const signature = signBytes(signed, parts.signing, parts.signingKey);
  return toPem('CERTIFICATE', sequence(signed, algorithm, bitString(signature)));
}

/** A random positive 128-bit serial whose first hex digit is not zero, so that it fills its 32 digits. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x10;
  return bytes.toString('hex');
}

/** The key identifier of RFC 5280, 4.2.1.2 (1): SHA-1 of the key's bits. */
export function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha1').update(bitsOf(read(spki).children[1])).digest();
}
