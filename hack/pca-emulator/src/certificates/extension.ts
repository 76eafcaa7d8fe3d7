// X.509 extensions, one builder each. What stands in which certificate is decided by template-table.ts and select-extensions.ts.
import { X509Certificate } from 'node:crypto';
import { boolean, bitString, explicit, implicit, objectIdentifier, octetString, read, sequence, smallInteger, oidOf } from './der.ts';
import { accessMethodOcsp, extensionOid } from './object-identifiers.ts';

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER of the extension's own value, without the OCTET STRING around it. */
  readonly value: Buffer;
}

/** The nine bits in the order of RFC 5280, by ApiPassthrough's names. */
export const keyUsageBits = [
  'DigitalSignature', 'NonRepudiation', 'KeyEncipherment', 'DataEncipherment', 'KeyAgreement',
  'KeyCertSign', 'CRLSign', 'EncipherOnly', 'DecipherOnly',
] as const;
export type KeyUsageBit = (typeof keyUsageBits)[number];

export function extensionDer({ oid, critical, value }: Extension): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value));
}

/**
 * Reads SEQUENCE OF Extension.
 * @throws RangeError when a member is no extension
 */
export function readExtensions(der: Uint8Array): Extension[] {
  return read(der).children.map(({ children }) => {
    const [id, second, third] = children;
    const value = third ?? second;
    if (value === undefined || value.tag !== 4) throw new RangeError('an extension without a value');
    return { oid: oidOf(id), critical: third !== undefined && second?.content[0] !== 0, value: value.content };
  });
}

/** The extensions of a certificate in PEM. */
export function extensionsOf(pem: string): Extension[] {
  const fields = read(new X509Certificate(pem).raw).children[0]?.children ?? [];
  const wrapped = fields.find(({ tagClass, tag }) => tagClass === 3 && tag === 3)?.children[0];
  return wrapped === undefined ? [] : readExtensions(wrapped.raw);
}

/** CA:FALSE is written as an empty sequence, as DER wants its default. */
export function basicConstraints(critical: boolean, isCa: boolean, pathLength?: number): Extension {
  const value = sequence(...(isCa ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [smallInteger(pathLength)]));
  return { oid: extensionOid.basicConstraints, critical, value };
}

export function keyUsage(bits: readonly KeyUsageBit[], critical = true): Extension {
  const positions = bits.map((bit) => keyUsageBits.indexOf(bit));
  const last = Math.max(...positions);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const position of positions) {
    const at = Math.floor(position / 8);
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (position % 8));
  }
  return { oid: extensionOid.keyUsage, critical, value: bitString(bytes, 7 - (last % 8)) };
}

export function extendedKeyUsage(purposes: readonly string[], critical: boolean): Extension {
  return { oid: extensionOid.extendedKeyUsage, critical, value: sequence(...purposes.map(objectIdentifier)) };
}

export function subjectKeyIdentifier(keyId: Uint8Array): Extension {
  return { oid: extensionOid.subjectKeyIdentifier, critical: false, value: octetString(keyId) };
}

export function authorityKeyIdentifier(keyId: Uint8Array): Extension {
  return { oid: extensionOid.authorityKeyIdentifier, critical: false, value: sequence(implicit(0, keyId)) };
}

export function crlDistributionPoint(url: string): Extension {
  const fullName = explicit(0, explicit(0, implicit(6, Buffer.from(url, 'latin1'))));
  return { oid: extensionOid.crlDistributionPoints, critical: false, value: sequence(sequence(fullName)) };
}

export function ocspAccess(url: string): Extension {
  const description = sequence(objectIdentifier(accessMethodOcsp), implicit(6, Buffer.from(url, 'latin1')));
  return { oid: extensionOid.authorityInformationAccess, critical: false, value: sequence(description) };
}
