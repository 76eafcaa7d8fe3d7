// Which names does a subject alternative name carry, in a text that can be compared?
import { oidOf, misshapen } from './der-values.ts';
import { type DerNode, TAG } from './der.ts';

/**
 * One subject alternative name. Two names are the same exactly if kind and value are.
 * `dns` is in lower case, `ip` in its shortest form (RFC 5952), `uri` and `email` are letter for letter what was there,
 * `other` says its type and its DER in hex (a registered ID: its OID).
 */
export interface GeneralName {
  readonly kind: 'dns' | 'ip' | 'uri' | 'email' | 'other';
  readonly value: string;
}

/** Context tags of GeneralName (RFC 5280 4.2.1.6). */
const OTHER_NAME = 0xa0;
const EMAIL = 0x81;
const DNS = 0x82;
const URI = 0x86;
const IP = 0x87;
const REGISTERED_ID = 0x88;
const REMAINING: ReadonlyMap<number, string> = new Map([
  [0xa3, 'X.400 address'],
  [0xa4, 'directory name'],
  [0xa5, 'EDI party name'],
]);

/**
 * Reads GeneralNames, in their order.
 * @throws PkiError 'not-der' for a type that does not exist, an address that is not 4 or 16 bytes, a text that is not
 *   printable ASCII
 */
export function readGeneralNames(node: DerNode): readonly GeneralName[] {
  if (node.tag !== TAG.sequence) throw misshapen('subject alternative name', 'is not a list of names');
  return node.children.map(readGeneralName);
}

function readGeneralName(node: DerNode): GeneralName {
  switch (node.tag) {
    case DNS:
      return { kind: 'dns', value: printable('DNS name', node.content).toLowerCase() };
    case URI:
      return { kind: 'uri', value: printable('URI', node.content) };
    case EMAIL:
      return { kind: 'email', value: printable('email address', node.content) };
    case IP:
      return { kind: 'ip', value: addressText(node.content) };
    case REGISTERED_ID:
      return { kind: 'other', value: `registered ID ${oidOf({ ...node, tag: TAG.oid })}` };
    case OTHER_NAME: {
      const [type] = node.children;
      if (type === undefined) throw misshapen('subject alternative name', 'has another name without a type');
      return { kind: 'other', value: `other name ${oidOf(type)} ${hex(node.der)}` };
    }
    default: {
      const type = REMAINING.get(node.tag);
      if (type === undefined) throw misshapen('subject alternative name', 'has a name of a type that does not exist');
      return { kind: 'other', value: `${type} ${hex(node.der)}` };
    }
  }
}

function printable(what: string, content: Uint8Array): string {
  const text = Buffer.from(content).toString('latin1');
  if (!/^[\x20-\x7e]*$/.test(text)) throw misshapen('subject alternative name', `has a ${what} with a character outside printable ASCII`);
  return text;
}

function addressText(content: Uint8Array): string {
  if (content.length === 4) return content.join('.');
  if (content.length !== 16) throw misshapen('subject alternative name', 'has an IP address that is neither 4 nor 16 bytes long');
  const groups = hex(content).match(/.{4}/g) ?? [];
  // The URL parser writes the shortest form, so that no code for it is needed here.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
