// Are these bytes DER and nothing but DER, and what is their tree? The guard that everything from outside passes first.
import { PkiError } from './error.ts';

/** One element: `tag` is its identifier octet, `der` all its bytes, `content` those after the length (views, not copies). */
export interface DerNode {
  readonly tag: number;
  readonly der: Uint8Array;
  readonly content: Uint8Array;
  /** Empty for a primitive element. */
  readonly children: readonly DerNode[];
}

export interface DerLimits {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
}

/** Identifier octets of the types that PKCS #10 and X.509 use (X.680 8.4). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Types of the universal class whose encoding has children: EXTERNAL, EMBEDDED PDV, SEQUENCE, SET. */
const CONSTRUCTED_TYPES: ReadonlySet<number> = new Set([0x08, 0x0b, 0x10, 0x11]);

/**
 * Reads one DER element that fills `der` to the last byte.
 * @throws PkiError 'too-large' above `maxBytes` (262144), 'not-der' for indefinite or over-long lengths, bytes left over
 *   or missing, more than `maxDepth` (32) levels, and values that DER writes in another way (X.690 8-11)
 */
export function readDer(der: Uint8Array, limits: DerLimits = {}): DerNode {
  const maxBytes = limits.maxBytes ?? 262_144;
  if (der.length > maxBytes) throw new PkiError('too-large', `The DER has ${der.length} bytes, more than the ${maxBytes} that are read.`);
  const node = readElement(der, 0, limits.maxDepth ?? 32);
  if (node.der.length !== der.length) throw notDer(node.der.length, 'bytes follow after the end');
  return node;
}

function readElement(bytes: Uint8Array, start: number, depthLeft: number): DerNode {
  if (depthLeft === 0) throw notDer(start, 'it is nested too deep');
  const tag = bytes[start];
  if (tag === undefined) throw notDer(start, 'it ends too early');
  if ((tag & 0x1f) === 0x1f) throw notDer(start, 'a tag has more than one byte');
  const { length, contentStart } = readLength(bytes, start + 1);
  const end = contentStart + length;
  if (end > bytes.length) throw notDer(start, 'a length reaches beyond the end');
  const isConstructed = (tag & 0x20) !== 0;
  const isUniversal = (tag & 0xc0) === 0;
  if (isUniversal && isConstructed !== CONSTRUCTED_TYPES.has(tag & 0x1f)) throw notDer(start, `tag ${tag} is not used so`);
  const content = bytes.subarray(contentStart, end);
  if (isUniversal) assertCanonicalValue(tag, content, start);
  const children: DerNode[] = [];
  if (isConstructed) {
    const within = bytes.subarray(0, end);
    for (let at = contentStart; at < end; ) {
      const child = readElement(within, at, depthLeft - 1);
      children.push(child);
      at += child.der.length;
    }
  }
  return { tag, der: bytes.subarray(start, end), content, children };
}

function readLength(bytes: Uint8Array, at: number): { length: number; contentStart: number } {
  const first = bytes[at];
  if (first === undefined) throw notDer(at, 'it ends too early');
  if (first < 0x80) return { length: first, contentStart: at + 1 };
  const size = first & 0x7f;
  if (size === 0) throw notDer(at, 'a length is indefinite');
  if (size > 4) throw notDer(at, 'a length is longer than any input');
  let length = 0;
  for (let index = 1; index <= size; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw notDer(at, 'it ends too early');
    length = length * 256 + byte;
  }
  if (length < 0x80 || bytes[at + 1] === 0) throw notDer(at, 'a length is not written in its shortest form');
  return { length, contentStart: at + 1 + size };
}

function assertCanonicalValue(tag: number, content: Uint8Array, at: number): void {
  switch (tag) {
    case 0:
      throw notDer(at, 'an end-of-contents mark stands alone');
    case TAG.boolean:
      if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw notDer(at, 'a boolean is neither 00 nor FF');
      return;
    case TAG.integer:
    case TAG.enumerated:
      if (!isShortestInteger(content)) throw notDer(at, 'an integer is not written in its shortest form');
      return;
    case TAG.bitString:
      if (!isCleanBitString(content)) throw notDer(at, 'a bit string has bits behind its end');
      return;
    case TAG.null:
      if (content.length !== 0) throw notDer(at, 'a null has content');
      return;
    case TAG.oid:
      if (!isShortestOid(content)) throw notDer(at, 'an object identifier is not written in its shortest form');
      return;
    default:
  }
}

function isShortestInteger(content: Uint8Array): boolean {
  const [first, second] = content;
  if (first === undefined) return false;
  if (second === undefined) return true;
  return !(first === 0 && second < 0x80) && !(first === 0xff && second >= 0x80);
}

function isCleanBitString(content: Uint8Array): boolean {
  const unused = content[0];
  if (unused === undefined || unused > 7) return false;
  if (content.length === 1) return unused === 0;
  return ((content.at(-1) ?? 0) & ((1 << unused) - 1)) === 0;
}

function isShortestOid(content: Uint8Array): boolean {
  const last = content.at(-1);
  if (last === undefined || last >= 0x80) return false;
  return content.every((byte, index) => byte !== 0x80 || (index > 0 && (content[index - 1] ?? 0) >= 0x80));
}

function notDer(at: number, what: string): PkiError {
  return new PkiError('not-der', `The bytes are not DER: ${what} (byte ${at}).`);
}
