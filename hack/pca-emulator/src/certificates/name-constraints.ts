// May a CA with name constraints sign these names? RFC 5280, 4.2.1.10, for the five forms that AWS enforces.
import { isIPv4 } from 'node:net';
import { ApiError } from '../wire/api-error.ts';
import { oidOf, read, sequence, explicit, implicit, type DerNode } from './der.ts';
import { isEmptyName, nameDer, type Subject } from './distinguished-name.ts';
import type { Extension } from './extension.ts';
import { addressBytes } from './general-name.ts';
import { emailAddressAttribute, extensionOid } from './object-identifiers.ts';

/** One subtree, in the API's words: exactly one member. An IpAddress is `10.0.0.0/8`; a name with a dot in front means subdomains only. */
export interface Subtree {
  readonly DnsName?: string;
  readonly Rfc822Name?: string;
  readonly UniformResourceIdentifier?: string;
  readonly IpAddress?: string;
  readonly DirectoryName?: Subject;
}

export interface NameConstraints {
  readonly permitted?: readonly Subtree[];
  readonly excluded?: readonly Subtree[];
}

/** Tags of GeneralName. */
const form = { email: 1, dns: 2, directory: 4, uri: 6, address: 7 } as const;
const formNames: Readonly<Record<number, string>> = { 1: 'email address', 2: 'DNS name', 4: 'directory name', 6: 'URI', 7: 'IP address' };

type Name = Pick<DerNode, 'tag' | 'content' | 'children'>;

/** The value of the extension. */
export function nameConstraintsDer({ permitted = [], excluded = [] }: NameConstraints): Buffer {
  const subtrees = (tag: number, list: readonly Subtree[]): Buffer[] => (list.length === 0 ? [] : [explicit(tag, ...list.map((one) => sequence(subtreeDer(one))))]);
  return sequence(...subtrees(0, permitted), ...subtrees(1, excluded));
}

/**
 * Holds the subject and the SAN of a certificate against the constraints of the CA that is to sign it.
 * @param constraints  the extension's value, DER
 * @throws ApiError ValidationException that names the first name outside
 */
export function checkNameConstraints(constraints: Buffer, subject: Buffer, extensions: readonly Extension[]): void {
  const [permitted, excluded] = [0, 1].map((tag) => read(constraints).children.find((child) => child.tag === tag)?.children.flatMap(({ children: [base] }) => base ?? []) ?? []);
  for (const name of namesOf(subject, extensions)) {
    const ofForm = (list: readonly DerNode[] = []): readonly DerNode[] => list.filter(({ tag }) => tag === name.tag);
    const isInside = (base: DerNode): boolean => isWithin(name, base);
    const allowed = ofForm(permitted);
    if (ofForm(excluded).some(isInside) || (allowed.length > 0 && !allowed.some(isInside))) {
      throw new ApiError('ValidationException', `The ${formNames[name.tag]} ${told(name)} violates the name constraints of the certificate authority`);
    }
  }
}

/** The names that constraints speak of; an email address in the subject counts where no SAN has one. */
function namesOf(subject: Buffer, extensions: readonly Extension[]): Name[] {
  const alternative = extensions.find(({ oid }) => oid === extensionOid.subjectAlternativeName);
  const names: Name[] = alternative === undefined ? [] : read(alternative.value).children.filter(({ tag }) => formNames[tag] !== undefined);
  if (isEmptyName(subject)) return names;
  const root = read(subject);
  const attributes = root.children.flatMap(({ children }) => children);
  const emails = names.some(({ tag }) => tag === form.email) ? [] : attributes.filter(({ children: [type] }) => oidOf(type) === emailAddressAttribute);
  return [
    { tag: form.directory, content: root.raw, children: [root] },
    ...emails.map(({ children: [, value] }) => ({ tag: form.email, content: value?.content ?? Buffer.alloc(0), children: [] })),
    ...names,
  ];
}

function isWithin(name: Name, base: DerNode): boolean {
  const [text, limit] = [textOf(name), textOf(base)];
  switch (name.tag) {
    case form.dns:
      return limit === '' || (limit.startsWith('.') ? text.endsWith(limit) : text === limit || text.endsWith(`.${limit}`));
    case form.email:
      return limit.includes('@') ? text === limit : isHostWithin(text.slice(text.lastIndexOf('@') + 1), limit);
    case form.uri:
      return isHostWithin(hostOf(text), limit);
    case form.address: {
      const [address, mask] = [base.content.subarray(0, base.content.length / 2), base.content.subarray(base.content.length / 2)];
      return name.content.length === address.length && name.content.every((byte, index) => ((byte ^ (address[index] ?? 0)) & (mask[index] ?? 0)) === 0);
    }
    case form.directory: {
      const [relative, limits] = [relativeNames(name), relativeNames(base)];
      return limits.every((one, index) => relative[index] === one);
    }
    default:
      return false;
  }
}

/** A host is the host itself; with a dot in front it is every host below. */
function isHostWithin(host: string, limit: string): boolean {
  return limit.startsWith('.') ? host.endsWith(limit) : host === limit;
}

function hostOf(uri: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)/.exec(uri)?.[1] ?? '';
}

function textOf({ content }: Pick<DerNode, 'content'>): string {
  return content.toString('latin1').toLowerCase();
}

/** Each RDN as a text that is equal for equal names: type and value, without case and doubled blanks. */
function relativeNames({ children: [name] }: Pick<DerNode, 'children'>): string[] {
  return (name?.children ?? []).map(({ children }) =>
    children
      .map(({ children: [type, value] }) => `${oidOf(type)}=${(value?.content.toString('utf8') ?? '').trim().replaceAll(/\s+/g, ' ').toLowerCase()}`)
      .toSorted()
      .join('+'),
  );
}

function told(name: Name): string {
  if (name.tag === form.address) return name.content.length === 4 ? [...name.content].join('.') : name.content.toString('hex');
  return name.tag === form.directory ? relativeNames(name).join(',') : name.content.toString('latin1');
}

function subtreeDer(subtree: Subtree): Buffer {
  if (Object.values(subtree).filter((value) => value !== undefined).length !== 1) throw new ApiError('InvalidArgsException', 'A name constraint must have exactly one of its members.');
  const { DnsName, Rfc822Name, UniformResourceIdentifier, IpAddress, DirectoryName } = subtree;
  if (DirectoryName !== undefined) return explicit(form.directory, nameDer(DirectoryName));
  if (IpAddress !== undefined) return implicit(form.address, addressRange(IpAddress));
  const [tag, text] = DnsName !== undefined ? [form.dns, DnsName] : Rfc822Name !== undefined ? [form.email, Rfc822Name] : [form.uri, UniformResourceIdentifier ?? ''];
  return implicit(tag, Buffer.from(text, 'latin1'));
}

/** Address and mask, as RFC 5280 writes `10.0.0.0/8`. */
function addressRange(text: string): Buffer {
  const [address = '', prefix = isIPv4(address) ? '32' : '128'] = text.split('/');
  const bytes = addressBytes(address);
  const ones = Number(prefix);
  if (!/^\d+$/.test(prefix) || ones > bytes.length * 8) throw new ApiError('InvalidArgsException', `${text} is not a range of IP addresses.`);
  return Buffer.concat([bytes, Buffer.from(bytes.map((_, index) => (0xff00 >> Math.max(0, Math.min(8, ones - index * 8))) & 0xff))]);
}
