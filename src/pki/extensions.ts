// What do the extensions of a CSR or of a certificate say?
import type { KeyUsage } from './algorithms.ts';
import { type Constraints, NO_CONSTRAINTS, type RawExtension, readConstraints } from './constraints.ts';
import { booleanOf, Fields, misshapen, oidOf, smallIntegerOf } from './der-values.ts';
import { type DerNode, readDer, TAG } from './der.ts';
import { type GeneralName, readGeneralNames } from './general-name.ts';
import { EXTENSION_NAMES } from './object-identifiers.ts';

export interface BasicConstraints {
  readonly isCA: boolean;
  readonly pathLength: number | undefined;
}

export interface OtherExtension {
  readonly oid: string;
  /** What people call it; undefined when its OID is not in our table. */
  readonly name: string | undefined;
  readonly isCritical: boolean;
}

export interface ExtensionFacts {
  readonly sans: readonly GeneralName[];
  readonly sanIsCritical: boolean;
  /** undefined when the extension is absent. */
  readonly keyUsages: readonly KeyUsage[] | undefined;
  /** OIDs; undefined when the extension is absent. */
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly basicConstraints: BasicConstraints | undefined;
  /** All beyond key usage, extended key usage, SAN, subject key identifier and basic constraints. */
  readonly otherExtensions: readonly OtherExtension[];
  readonly constraints: Constraints;
}

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const READ_HERE: ReadonlySet<string> = new Set([
  SUBJECT_KEY_IDENTIFIER,
  KEY_USAGE,
  SUBJECT_ALTERNATIVE_NAME,
  BASIC_CONSTRAINTS,
  EXTENDED_KEY_USAGE,
]);

/** In the order of their bits (RFC 5280 4.2.1.3). */
const KEY_USAGES: readonly KeyUsage[] = [
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

export const NO_EXTENSIONS: ExtensionFacts = {
  sans: [],
  sanIsCritical: false,
  keyUsages: undefined,
  extendedKeyUsages: undefined,
  basicConstraints: undefined,
  otherExtensions: [],
  constraints: NO_CONSTRAINTS,
};

/**
 * Reads Extensions (RFC 5280 4.2).
 * @throws PkiError 'not-der' when one of those read here cannot be read, or one stands there twice (which of the two
 *   counts would be anybody's choice)
 */
export function readExtensions(node: DerNode): ExtensionFacts {
  if (node.tag !== TAG.sequence) throw misshapen('list of extensions', 'is not a sequence');
  const extensions = new Map<string, RawExtension>();
  for (const child of node.children) {
    const extension = readExtension(child);
    if (extensions.has(extension.oid)) throw misshapen(`extension ${nameOf(extension.oid)}`, 'is there twice');
    extensions.set(extension.oid, extension);
  }
  const read = <T>(oid: string, reader: (value: DerNode) => T): T | undefined => {
    const extension = extensions.get(oid);
    return extension && reader(readDer(extension.value));
  };
  return {
    sans: read(SUBJECT_ALTERNATIVE_NAME, readGeneralNames) ?? [],
    sanIsCritical: extensions.get(SUBJECT_ALTERNATIVE_NAME)?.isCritical ?? false,
    keyUsages: read(KEY_USAGE, readKeyUsages),
    extendedKeyUsages: read(EXTENDED_KEY_USAGE, readExtendedKeyUsages),
    basicConstraints: read(BASIC_CONSTRAINTS, readBasicConstraints),
    otherExtensions: [...extensions.values()]
      .filter(({ oid }) => !READ_HERE.has(oid))
      .map(({ oid, isCritical }) => ({ oid, name: EXTENSION_NAMES.get(oid), isCritical })),
    constraints: readConstraints(extensions.values()),
  };
}

function readExtension(node: DerNode): RawExtension {
  const fields = Fields.ofSequence('extension', node);
  const oid = oidOf(fields.take(TAG.oid, 'identifier'));
  const critical = fields.optional(TAG.boolean);
  const value = fields.take(TAG.octetString, 'value').content;
  fields.end();
  return { oid, isCritical: critical !== undefined && booleanOf(critical), value };
}

function readKeyUsages(node: DerNode): readonly KeyUsage[] {
  if (node.tag !== TAG.bitString) throw misshapen('key usage', 'is not a bit string');
  const bits = node.content.subarray(1);
  return KEY_USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0);
}

function readExtendedKeyUsages(node: DerNode): readonly string[] {
  if (node.tag !== TAG.sequence) throw misshapen('extended key usage', 'is not a list');
  return node.children.map(oidOf);
}

function readBasicConstraints(node: DerNode): BasicConstraints {
  const fields = Fields.ofSequence('basic constraints', node);
  const isCA = fields.optional(TAG.boolean);
  const pathLength = fields.optional(TAG.integer);
  fields.end();
  return {
    isCA: isCA !== undefined && booleanOf(isCA),
    pathLength: pathLength && smallIntegerOf('path length', pathLength),
  };
}

function nameOf(oid: string): string {
  return EXTENSION_NAMES.get(oid) ?? oid;
}
