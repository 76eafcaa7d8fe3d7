// The certificate revocation list: TBSCertList put together from exact bytes, and signed by the CA (RFC 5280, 5).
import type { KeyObject } from 'node:crypto';
import { bitString, enumerated, explicit, integer, sequence, smallInteger, time } from './der.ts';
import { authorityKeyIdentifier, extensionDer } from './extension.ts';
import { extensionOid } from './object-identifiers.ts';
import { algorithmIdentifier, signBytes } from './signature-algorithm.ts';

export interface RevokedEntry {
  /** Hex. */
  readonly serial: string;
  readonly atMs: number;
  /** Of RFC 5280, 5.3.1; 0, unspecified, is left out, as it wants. */
  readonly reason: number;
}

export interface RevocationListParts {
  /** DER of the CA's Name. */
  readonly issuer: Buffer;
  readonly authorityKeyId: Buffer;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** Grows from list to list. */
  readonly number: number;
  readonly entries: readonly RevokedEntry[];
  /** SigningAlgorithm of the API, for example SHA256WITHRSA. */
  readonly signing: string;
  readonly signingKey: KeyObject;
}

/** Signs a version 2 list; DER, as AWS writes it. */
export function makeRevocationList(parts: RevocationListParts): Buffer {
  const algorithm = algorithmIdentifier(parts.signing);
  const number = { oid: extensionOid.crlNumber, critical: false, value: integer(Buffer.from(parts.number.toString(16).padStart(16, '0'), 'hex')) };
  const signed = sequence(
    smallInteger(1),
    algorithm,
    parts.issuer,
    time(parts.thisUpdateMs),
    time(parts.nextUpdateMs),
    // A list of nothing is left out.
    ...(parts.entries.length === 0 ? [] : [sequence(...parts.entries.map(entryDer))]),
    explicit(0, sequence(extensionDer(authorityKeyIdentifier(parts.authorityKeyId)), extensionDer(number))),
  );
  return sequence(signed, algorithm, bitString(signBytes(signed, parts.signing, parts.signingKey)));
}

function entryDer({ serial, atMs, reason }: RevokedEntry): Buffer {
  const extensions = reason === 0 ? [] : [sequence(extensionDer({ oid: extensionOid.crlReason, critical: false, value: enumerated(reason) }))];
  return sequence(integer(Buffer.from(serial, 'hex')), time(atMs), ...extensions);
}
