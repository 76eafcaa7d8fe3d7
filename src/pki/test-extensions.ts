// Test support: extensions as facts, written by pkijs, so that our readers are checked against another library's writer.
import * as asn1js from 'asn1js';
import { createHash } from 'node:crypto';
import * as pkijs from 'pkijs';
import type { KeyUsage } from './algorithms.ts';
import type { GeneralName } from './general-name.ts';

/** What is left out is not written. */
export interface TestExtensions {
  /** `other` names are written as registered IDs: the value is an OID. */
  readonly sans?: readonly GeneralName[] | undefined;
  readonly sanIsCritical?: boolean | undefined;
  readonly isCA?: boolean | undefined;
  readonly pathLength?: number | undefined;
  readonly keyUsages?: readonly KeyUsage[] | undefined;
  /** OIDs. */
  readonly extendedKeyUsages?: readonly string[] | undefined;
  readonly nameConstraints?: { readonly permittedDns?: readonly string[]; readonly permittedUris?: readonly string[]; readonly excludedDns?: readonly string[] } | undefined;
  readonly extraExtensions?: readonly { readonly oid: string; readonly isCritical: boolean; readonly der: Uint8Array }[] | undefined;
}

const KEY_USAGE_BITS: readonly KeyUsage[] = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
];

const TEXT_NAME_TYPES = { email: 1, dns: 2, uri: 6 } as const;

export function writeExtensions(options: TestExtensions): pkijs.Extension[] {
  const extensions: pkijs.Extension[] = [];
  const add = (oid: string, isCritical: boolean, value: asn1js.BaseBlock): void => {
    extensions.push(new pkijs.Extension({ extnID: oid, critical: isCritical, extnValue: value.toBER() }));
  };
  if (options.isCA !== undefined) {
    const pathLength = options.pathLength === undefined ? {} : { pathLenConstraint: options.pathLength };
    add('2.5.29.19', true, new pkijs.BasicConstraints({ cA: options.isCA, ...pathLength }).toSchema());
  }
  if (options.keyUsages !== undefined) add('2.5.29.15', true, keyUsageBits(options.keyUsages));
  if (options.extendedKeyUsages !== undefined) add('2.5.29.37', false, new pkijs.ExtKeyUsage({ keyPurposes: [...options.extendedKeyUsages] }).toSchema());
  if (options.sans !== undefined) {
    add('2.5.29.17', options.sanIsCritical ?? false, new pkijs.AltName({ altNames: options.sans.map(generalName) }).toSchema());
  }
  if (options.nameConstraints !== undefined) add('2.5.29.30', true, nameConstraints(options.nameConstraints));
  for (const { oid, isCritical, der } of options.extraExtensions ?? []) {
    extensions.push(new pkijs.Extension({ extnID: oid, critical: isCritical, extnValue: bufferOf(der) }));
  }
  return extensions;
}

/** Subject key identifier, and the authority's if there is one: SHA-1 of the key, as RFC 5280 4.2.1.2 gives it. */
export function writeKeyIdentifiers(spki: pkijs.PublicKeyInfo, authority: pkijs.PublicKeyInfo | undefined): pkijs.Extension[] {
  const own = new asn1js.OctetString({ valueHex: keyIdentifier(spki) });
  const extensions = [new pkijs.Extension({ extnID: '2.5.29.14', critical: false, extnValue: own.toBER() })];
  if (authority !== undefined) {
    const identifier = new pkijs.AuthorityKeyIdentifier({ keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier(authority) }) });
    extensions.push(new pkijs.Extension({ extnID: '2.5.29.35', critical: false, extnValue: identifier.toSchema().toBER() }));
  }
  return extensions;
}

/** A copy in a buffer of its own, as asn1js wants it. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function keyIdentifier(spki: pkijs.PublicKeyInfo): ArrayBuffer {
  return bufferOf(createHash('sha1').update(spki.subjectPublicKey.valueBlock.valueHexView).digest());
}

function keyUsageBits(keyUsages: readonly KeyUsage[]): asn1js.BitString {
  const positions = keyUsages.map((usage) => KEY_USAGE_BITS.indexOf(usage));
  if (positions.length === 0) return new asn1js.BitString({ valueHex: new ArrayBuffer(0) });
  const last = Math.max(...positions);
  const bits = new Uint8Array((last >> 3) + 1);
  for (const position of positions) bits[position >> 3] = (bits[position >> 3] ?? 0) | (0x80 >> (position & 7));
  return new asn1js.BitString({ valueHex: bits.buffer, unusedBits: 7 - (last & 7) });
}

function generalName({ kind, value }: GeneralName): pkijs.GeneralName {
  if (kind === 'ip') return new pkijs.GeneralName({ type: 7, value: new asn1js.OctetString({ valueHex: addressBytes(value) }) });
  if (kind === 'other') return new pkijs.GeneralName({ type: 8, value });
  return new pkijs.GeneralName({ type: TEXT_NAME_TYPES[kind], value });
}

function addressBytes(address: string): ArrayBuffer {
  if (!address.includes(':')) return new Uint8Array(address.split('.').map(Number)).buffer;
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] => text.split(':').filter(Boolean).map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return new Uint8Array(all.flatMap((group) => [group >> 8, group & 0xff])).buffer;
}

function nameConstraints(constraints: NonNullable<TestExtensions['nameConstraints']>): asn1js.Sequence {
  const subtrees = (dns: readonly string[], uris: readonly string[]): pkijs.GeneralSubtree[] =>
    [...dns.map((value) => ({ kind: 'dns' as const, value })), ...uris.map((value) => ({ kind: 'uri' as const, value }))].map(
      (name) => new pkijs.GeneralSubtree({ base: generalName(name) }),
    );
  const permitted = subtrees(constraints.permittedDns ?? [], constraints.permittedUris ?? []);
  const excluded = subtrees(constraints.excludedDns ?? [], []);
  return new pkijs.NameConstraints({
    ...(permitted.length > 0 ? { permittedSubtrees: permitted } : {}),
    ...(excluded.length > 0 ? { excludedSubtrees: excluded } : {}),
  }).toSchema();
}
