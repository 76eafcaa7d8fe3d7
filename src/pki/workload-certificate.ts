// What would istiod make of this signing key? A workload certificate in memory, to be verified and thrown away.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CertificateFacts, readCertificate } from './certificate.ts';
import { TAG } from './der.ts';
import { PkiError } from './error.ts';
import { bitString, element, objectIdentifier, sequence, time, unsignedInteger } from './write-der.ts';

interface Signing {
  readonly algorithm: Uint8Array;
  /** What node:crypto calls the digest; null where the algorithm has one of its own. */
  readonly digest: string | null;
}

const NULL = element(TAG.null);
const TRUE = element(TAG.boolean, Buffer.from([0xff]));

/** As Go's crypto/x509 chooses, and so istiod. */
const SIGNINGS: ReadonlyMap<string, Signing> = new Map([
  ['P-256', { algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.2')), digest: 'sha256' }],
  ['P-384', { algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.3')), digest: 'sha384' }],
  ['P-521', { algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.4')), digest: 'sha512' }],
  ['Ed25519', { algorithm: sequence(objectIdentifier('1.3.101.112')), digest: null }],
]);
const RSA: Signing = { algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.11'), NULL), digest: 'sha256' };

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const lifeMs = 60_000;

/**
 * Signs a certificate as istiod does for a workload: an EC key, no subject, the identity as a critical URI, for servers and
 * clients. Its own key is forgotten at once, so nobody can ever use it. It lasts from a minute before `now` to one after it.
 * @throws PkiError 'unsupported-algorithm' where the key is of a kind that istiod cannot sign with
 */
export function makeWorkloadCertificate(signer: CertificateFacts, key: KeyObject, identity: string, now: Date): CertificateFacts {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const identityName = element(0x86, Buffer.from(identity, 'latin1'));
  return write({
    signer: { name: Buffer.from(signer.rawSubject, 'hex'), key, kind: signer.publicKey.name, isRsa: signer.publicKey.kind === 'rsa' },
    subject: sequence(),
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    extensions: [
      extension(KEY_USAGE, true, bitString(Buffer.from([0b1010_0000]), 5)),
      extension('2.5.29.37', false, sequence(objectIdentifier(SERVER_AUTH), objectIdentifier(CLIENT_AUTH))),
      extension(BASIC_CONSTRAINTS, true, sequence()),
      extension('2.5.29.17', true, sequence(identityName)),
    ],
    now,
  });
}

/** A self-signed CA that nobody knows, for the counter-check that a verifier can say no. */
export function makeUnrelatedRoot(now: Date): CertificateFacts {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from(`unrelated ${randomBytes(4).toString('hex')}`)));
  const name = sequence(element(TAG.set, commonName));
  return write({
    signer: { name, key: privateKey, kind: 'P-256', isRsa: false },
    subject: name,
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    extensions: [extension(KEY_USAGE, true, bitString(Buffer.from([0b0000_0110]), 1)), extension(BASIC_CONSTRAINTS, true, sequence(TRUE))],
    now,
  });
}

interface Draft {
  readonly signer: { readonly name: Uint8Array; readonly key: KeyObject; readonly kind: string; readonly isRsa: boolean };
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Uint8Array[];
  readonly now: Date;
}

function write({ signer, subject, spki, extensions, now }: Draft): CertificateFacts {
  const signing = signer.isRsa ? RSA : SIGNINGS.get(signer.kind);
  if (signing === undefined) throw new PkiError('unsupported-algorithm', `istiod cannot sign with a key of the kind ${signer.kind}.`);
  const at = (offsetMs: number): Uint8Array => time(new Date(now.getTime() + offsetMs));
  const body = sequence(
    element(0xa0, unsignedInteger(Buffer.from([2]))),
    unsignedInteger(randomBytes(16)),
    signing.algorithm,
    signer.name,
    sequence(at(-lifeMs), at(lifeMs)),
    subject,
    spki,
    element(0xa3, sequence(...extensions)),
  );
  return readCertificate(sequence(body, signing.algorithm, bitString(sign(signing.digest, body, signer.key))));
}

function extension(oid: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), ...(isCritical ? [TRUE] : []), element(TAG.octetString, value));
}
