// What does a CA forbid those below it, and what in it can verifiers not read? Name constraints, and the demand for
// certificate policies (RFC 5280 4.2.1.10, 4.2.1.11). What Go's crypto/x509 refuses is told here, because istiod is written in Go.
import { isIP } from 'node:net';
import { Fields, misshapen, oidOf, smallIntegerOf } from './der-values.ts';
import { type DerNode, readDer, TAG } from './der.ts';
import { PkiError } from './error.ts';
import type { GeneralName } from './general-name.ts';

export interface NameRule {
  /** 'other': a form that Go does not compare. */
  readonly kind: GeneralName['kind'];
  /**
   * A domain (one with a leading point means what stands below it), an email address, or a range of IP addresses as
   * version and leading bits ('4:00001010' is 10.0.0.0/8). Of an 'other', what people call its form.
   */
  readonly base: string;
}

export interface Constraints {
  /** Of a kind that is named here, a name has to match one. */
  readonly permitted: readonly NameRule[];
  readonly excluded: readonly NameRule[];
  /** So many certificates may follow until policies are needed; undefined where they never are. */
  readonly policiesAfter: number | undefined;
  readonly hasPolicies: boolean;
  /** Which extension Go cannot parse, and with it the certificate. */
  readonly unreadable: string | undefined;
  /** What Go parses and cannot heed, though it is critical; it refuses every chain with it. */
  readonly unheeded: string | undefined;
}

export interface RawExtension {
  readonly oid: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

export const NO_CONSTRAINTS: Constraints = { permitted: [], excluded: [], policiesAfter: undefined, hasPolicies: false, unreadable: undefined, unheeded: undefined };

const NAME_CONSTRAINTS = '2.5.29.30';
/** No CA has so many, and a list of them is twelve times as large in memory; whoever may write an issuer may write anchors. */
const MOST_RULES = 10_000;
const ANY_POLICY = '2.5.29.32.0';
/** By the tag of GeneralName. */
const kinds: ReadonlyMap<number, GeneralName['kind']> = new Map([[0x81, 'email'], [0x82, 'dns'], [0x86, 'uri'], [0x87, 'ip']]);
const forms: ReadonlyMap<number, string> = new Map([[0xa0, 'other names'], [0xa4, 'directory names'], [0x88, 'registered IDs']]);

interface Reader {
  readonly name: string;
  read(value: DerNode, isCritical: boolean): Partial<Constraints>;
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['2.5.29.14', { name: 'subject key identifier', read: ({ tag }, isCritical) => assert(tag === TAG.octetString && !isCritical) }],
  ['2.5.29.17', { name: 'subject alternative name', read: ({ children }, isCritical) => (isCritical && !children.some(({ tag }) => kinds.has(tag)) ? { unheeded: 'critical subject alternative name of a rare form' } : {}) }],
  [NAME_CONSTRAINTS, { name: 'name constraints', read: readNames }],
  ['2.5.29.31', { name: 'CRL distribution points', read: (value) => assert(listOf(value).every(isDistributionPoint)) }],
  ['2.5.29.32', { name: 'certificate policies', read: (value) => ({ hasPolicies: readPolicies(value) > 0 }) }],
  ['2.5.29.33', { name: 'policy mappings', read: (value) => assert(listOf(value).every(isMapping)) }],
  ['2.5.29.35', { name: 'authority key identifier', read: ({ tag }) => assert(tag === TAG.sequence) }],
  ['2.5.29.36', { name: 'policy constraints', read: readDemand }],
  ['1.3.6.1.5.5.7.1.1', { name: 'authority information access', read: (value) => assert(listOf(value).every((each) => oidOf(Fields.ofSequence('access', each).next('method')) !== '')) }],
  ['2.5.29.54', { name: 'inhibit any-policy', read: (value) => assert(smallIntegerOf('inhibit any-policy', value) >= 0) }],
]);

export function readConstraints(extensions: Iterable<RawExtension>): Constraints {
  let found = NO_CONSTRAINTS;
  for (const { oid, isCritical, value } of extensions) {
    const reader = readers.get(oid);
    if (reader === undefined) continue;
    try {
      found = { ...found, ...reader.read(readDer(value), isCritical) };
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      // What the names may be is what nobody can do without.
      const isWorst = found.unreadable === undefined || oid === NAME_CONSTRAINTS;
      found = isWorst ? { ...found, unreadable: reader.name } : found;
    }
  }
  return found;
}

function assert(isSound: boolean): Partial<Constraints> {
  if (!isSound) throw misshapen('extension', 'is not as verifiers want it');
  return {};
}

function listOf({ tag, children }: DerNode): readonly DerNode[] {
  assert(tag === TAG.sequence);
  return children;
}

/** From one policy to another, and none of them is any policy. */
function isMapping(node: DerNode): boolean {
  const fields = Fields.ofSequence('policy mapping', node);
  return ['from', 'to'].every((field) => oidOf(fields.next(field)) !== ANY_POLICY);
}

/** Go takes no name relative to the issuer of the list. */
function isDistributionPoint({ tag, children: [name] }: DerNode): boolean {
  return tag === TAG.sequence && (name?.tag !== 0xa0 || name.children[0]?.tag === 0xa0);
}

function readPolicies(value: DerNode): number {
  const policies = listOf(value).map((each) => oidOf(Fields.ofSequence('policy', each).next('identifier')));
  assert(new Set(policies).size === policies.length);
  return policies.length;
}

function readDemand(value: DerNode): Partial<Constraints> {
  const fields = Fields.ofSequence('policy constraints', value);
  const [required, mapping] = [fields.optional(0x80), fields.optional(0x81)].map((each) => each && skippedOf(each));
  assert(mapping === undefined || mapping >= 0);
  return { policiesAfter: required };
}

/** An INTEGER under another tag, and as strict. */
function skippedOf({ der }: DerNode): number {
  return smallIntegerOf('policy constraints', readDer(Buffer.concat([Buffer.of(TAG.integer), der.subarray(1)])));
}

function readNames(value: DerNode, isCritical: boolean): Partial<Constraints> {
  const fields = Fields.ofSequence('name constraints', value);
  const lists = [fields.optional(0xa0), fields.optional(0xa1)].map((node) => node?.children ?? []);
  fields.end();
  assert(lists.flat().length <= MOST_RULES);
  const [permitted, excluded] = lists.map((subtrees) => subtrees.map(readRule));
  const rules = [...(permitted ?? []), ...(excluded ?? [])];
  assert(rules.length > 0);
  const foreign = rules.find(({ kind }) => kind === 'other');
  return { permitted: permitted ?? [], excluded: excluded ?? [], unheeded: isCritical && foreign !== undefined ? `critical name constraints on ${foreign.base}` : undefined };
}

function readRule(subtree: DerNode): NameRule {
  const { tag, content } = Fields.ofSequence('subtree', subtree).next('base');
  const kind = kinds.get(tag);
  if (kind === undefined || kind === 'other') return { kind: 'other', base: forms.get(tag) ?? 'names of a rare form' };
  if (kind === 'ip') return { kind, base: rangeOf(content) };
  const text = Buffer.from(content).toString('latin1');
  const isMailbox = kind === 'email' && text.includes('@');
  const domain = (isMailbox ? text.slice(text.lastIndexOf('@') + 1) : text).toLowerCase();
  assert(isDomain(domain.replace(/^\./, isMailbox ? '.' : '')) && domain !== '.' && !(kind === 'uri' && isIP(text) !== 0));
  if (!isMailbox) return { kind, base: domain };
  const local = text.slice(0, text.lastIndexOf('@'));
  assert(/^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*$/.test(local));
  return { kind, base: `${local}@${domain}` };
}

/** Labels of printable characters; none at all is every domain. */
function isDomain(text: string): boolean {
  return text === '' || /^[!-\-/-~]+(?:\.[!-\-/-~]+)*$/.test(text);
}

function rangeOf(content: Uint8Array): string {
  assert(content.length === 8 || content.length === 32);
  const bits = [...content].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const [address, mask] = [bits.slice(0, bits.length / 2), bits.slice(bits.length / 2)];
  assert(/^1*0*$/.test(mask));
  return `${content.length === 8 ? 4 : 6}:${address.slice(0, mask.lastIndexOf('1') + 1)}`;
}
