// Bytes of ASN.1: every part goes in and comes out as DER, so that what is copied (keys, names, extensions) stays byte-equal.
import * as asn1js from 'asn1js';

export interface DerNode {
  /** 1 universal, 3 context-specific */
  readonly tagClass: number;
  readonly tag: number;
  /** Header and content, as it stood in the input. */
  readonly raw: Buffer;
  readonly content: Buffer;
  readonly children: readonly DerNode[];
}

/**
 * Reads one value that fills the input.
 * @throws RangeError when it is no BER or bytes are left over
 */
export function read(der: Uint8Array): DerNode {
  const { offset, result } = asn1js.fromBER(der);
  if (offset !== der.byteLength) throw new RangeError('not a single ASN.1 value');
  return nodeOf(result);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return constructed(0x30, parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return constructed(0x31, parts);
}

/** A context-specific, constructed tag (0 to 30) around these parts. */
export function explicit(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  return constructed(0xa0 | tag, parts);
}

/** A context-specific, primitive tag with this content. */
export function implicit(tag: number, content: Uint8Array): Buffer {
  return encoded(new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: tag }, valueHex: content }));
}

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  return encoded(asn1js.Integer.fromBigInt(BigInt(`0x${Buffer.from(bytes).toString('hex')}`)));
}

export function smallInteger(value: number): Buffer {
  return encoded(new asn1js.Integer({ value }));
}

export function boolean(value: boolean): Buffer {
  return encoded(new asn1js.Boolean({ value }));
}

export function objectIdentifier(oid: string): Buffer {
  return encoded(new asn1js.ObjectIdentifier({ value: oid }));
}

export function enumerated(value: number): Buffer {
  return encoded(new asn1js.Enumerated({ value }));
}

export function octetString(content: Uint8Array): Buffer {
  return encoded(new asn1js.OctetString({ valueHex: content }));
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return encoded(new asn1js.BitString({ valueHex: content, unusedBits }));
}

export function nullValue(): Buffer {
  return encoded(new asn1js.Null());
}

export function utf8String(text: string): Buffer {
  return encoded(new asn1js.Utf8String({ value: text }));
}

export function printableString(text: string): Buffer {
  return encoded(new asn1js.PrintableString({ value: text }));
}

export function ia5String(text: string): Buffer {
  return encoded(new asn1js.IA5String({ value: text }));
}

/** UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5), cut to whole seconds. */
export function time(ms: number): Buffer {
  const date = new Date(Math.floor(ms / 1000) * 1000);
  const late = date.getUTCFullYear() >= 2050;
  return encoded(late ? new asn1js.GeneralizedTime({ valueDate: date }) : new asn1js.UTCTime({ valueDate: date }));
}

/** Dotted form of an OBJECT IDENTIFIER. */
export function oidOf(node: DerNode | undefined): string {
  if (node === undefined || node.tagClass !== 1 || node.tag !== 6) throw new RangeError('not an object identifier');
  const { result } = asn1js.fromBER(node.raw);
  if (!(result instanceof asn1js.ObjectIdentifier)) throw new RangeError('not an object identifier');
  return result.valueBlock.toString();
}

/** The bytes of a BIT STRING without unused bits. */
export function bitsOf(node: DerNode | undefined): Buffer {
  if (node === undefined || node.tagClass !== 1 || node.tag !== 3 || node.content.length === 0 || node.content[0] !== 0) {
    throw new RangeError('not a bit string of whole bytes');
  }
  return node.content.subarray(1);
}

function nodeOf(block: asn1js.BaseBlock): DerNode {
  const raw = Buffer.from(block.valueBeforeDecodeView);
  const headerLength = block.idBlock.blockLength + block.lenBlock.blockLength;
  const inner: unknown = block.idBlock.isConstructed && 'value' in block.valueBlock ? block.valueBlock.value : [];
  return {
    tagClass: block.idBlock.tagClass,
    tag: block.idBlock.tagNumber,
    raw,
    content: raw.subarray(headerLength),
    children: Array.isArray(inner) ? inner.filter((child) => child instanceof asn1js.BaseBlock).map(nodeOf) : [],
  };
}

/** asn1js would write its own idea of the parts; here they stand as they are, behind a definite length. */
function constructed(identifier: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([identifier, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([identifier, 0x80 | length.length]), length, content]);
}

function encoded(block: asn1js.BaseBlock): Buffer {
  return Buffer.from(block.toBER());
}
