// Whose name is this, as people write it?
import { Fields, misshapen, oidOf } from './der-values.ts';
import { type DerNode, TAG } from './der.ts';
import { ATTRIBUTE_NAMES } from './object-identifiers.ts';

export interface DistinguishedName {
  /** RFC 4514: last component first; '' for an empty name. Control characters are escaped, so it is safe in a log. */
  readonly text: string;
  readonly isEmpty: boolean;
  /** The last common name, which is the one that Go and so cert-manager reads. */
  readonly commonName: string | undefined;
}

const COMMON_NAME = '2.5.4.3';

/**
 * Reads a Name (RFC 5280 4.1.2.4).
 * @throws PkiError 'not-der' when it is not one
 */
export function readName(of: string, node: DerNode): DistinguishedName {
  if (node.tag !== TAG.sequence) throw misshapen(of, 'is not a name');
  const components: string[] = [];
  let commonName: string | undefined;
  for (const component of node.children) {
    if (component.tag !== TAG.set || component.children.length === 0) throw misshapen(of, 'has an empty component');
    const attributes: string[] = [];
    for (const attribute of component.children) {
      const fields = Fields.ofSequence(`${of}'s attribute`, attribute);
      const oid = oidOf(fields.take(TAG.oid, 'type'));
      const value = fields.next('value');
      fields.end();
      const text = stringOf(value);
      attributes.push(`${ATTRIBUTE_NAMES.get(oid) ?? oid}=${text === undefined ? `#${Buffer.from(value.der).toString('hex')}` : escape(text)}`);
      if (oid === COMMON_NAME && text !== undefined) commonName = text;
    }
    components.push(attributes.join('+'));
  }
  return { text: components.toReversed().join(','), isEmpty: components.length === 0, commonName };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true });

/** Text of any of the string types that a name may use; undefined for other types and broken encodings. */
function stringOf(node: DerNode): string | undefined {
  try {
    switch (node.tag) {
      case 0x0c: // UTF8String
        return utf8.decode(node.content);
      case 0x12: // NumericString
      case 0x13: // PrintableString
      case 0x14: // TeletexString, which in practice is Latin-1
      case 0x16: // IA5String
        return Buffer.from(node.content).toString('latin1');
      case 0x1e: // BMPString
        return utf16.decode(node.content);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** What could break a line or turn its direction: control characters, line and paragraph separators, bidi marks. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** RFC 4514 2.4. */
function escape(text: string): string {
  const characters = Array.from(text);
  return characters
    .map((character, index) => {
      const isAtEdge = (character === ' ' && (index === 0 || index === characters.length - 1)) || (character === '#' && index === 0);
      if (isAtEdge || '\\",;<>+'.includes(character)) return `\\${character}`;
      return UNSAFE.test(character) ? hexPairs(character) : character;
    })
    .join('');
}

function hexPairs(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '\\$&');
}
