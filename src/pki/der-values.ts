// What does a DER element say, once its type is known? Typed readers over the tree of der.ts.
import { type DerNode, TAG } from './der.ts';
import { PkiError } from './error.ts';

/** Far above any OID in use; a longer one is an attack on whoever prints it. */
const LONGEST_OID_BYTES = 64;

/**
 * Walks the fields of a SEQUENCE (or of any constructed element) in their order, as an ASN.1 definition lists them.
 * Every method throws PkiError 'not-der' that names the field; callers give it the code of what they read.
 */
export class Fields {
  readonly #of: string;
  readonly #nodes: readonly DerNode[];
  #at = 0;

  /** @param of  what is being read, for the message: 'signature algorithm'. */
  constructor(of: string, nodes: readonly DerNode[]) {
    this.#of = of;
    this.#nodes = nodes;
  }

  static ofSequence(of: string, node: DerNode): Fields {
    if (node.tag !== TAG.sequence) throw misshapen(of, 'is not a sequence');
    return new Fields(of, node.children);
  }

  /** The next field, of any type. */
  next(field: string): DerNode {
    const node = this.#nodes[this.#at];
    if (node === undefined) throw misshapen(this.#of, `has no ${field}`);
    this.#at += 1;
    return node;
  }

  /** The next field, which must carry `tag`. */
  take(tag: number, field: string): DerNode {
    const node = this.next(field);
    if (node.tag !== tag) throw misshapen(this.#of, `has something else where its ${field} belongs`);
    return node;
  }

  /** The next field if it carries `tag`. */
  optional(tag: number): DerNode | undefined {
    const node = this.#nodes[this.#at];
    if (node?.tag !== tag) return undefined;
    this.#at += 1;
    return node;
  }

  end(): void {
    if (this.#at < this.#nodes.length) throw misshapen(this.#of, 'has more fields than it may have');
  }
}

/** An AlgorithmIdentifier (RFC 5280 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: DerNode | undefined;
}

export function readAlgorithm(of: string, node: DerNode): AlgorithmIdentifier {
  const fields = Fields.ofSequence(of, node);
  const oid = oidOf(fields.take(TAG.oid, 'identifier'));
  const parameters = node.children.length > 1 ? fields.next('parameters') : undefined;
  fields.end();
  return { oid, parameters };
}

/** Dotted text of an OBJECT IDENTIFIER. */
export function oidOf(node: DerNode): string {
  if (node.tag !== TAG.oid || node.content.length > LONGEST_OID_BYTES) throw misshapen('object identifier', 'cannot be read');
  const arcs: bigint[] = [];
  let value = 0n;
  for (const byte of node.content) {
    value = value * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(value);
    value = 0n;
  }
  const [head = 0n, ...rest] = arcs;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join('.');
}

/** The value of an INTEGER between 0 and 2^31 - 1; anything else is refused. */
export function smallIntegerOf(of: string, node: DerNode): number {
  const [first = 0] = node.content;
  if (node.tag !== TAG.integer || node.content.length > 4 || first >= 0x80) throw misshapen(of, 'is not a number in range');
  return node.content.reduce((value, byte) => value * 256 + byte, 0);
}

export function booleanOf(node: DerNode): boolean {
  return node.content[0] === 0xff;
}

/** A UTCTime or GeneralizedTime in the one form that RFC 5280 4.1.2.5 allows: to the second, in UTC. */
export function timeOf(of: string, node: DerNode): Date {
  const text = Buffer.from(node.content).toString('latin1');
  const isUtcTime = node.tag === TAG.utcTime && /^\d{12}Z$/.test(text);
  if (!isUtcTime && !(node.tag === TAG.generalizedTime && /^\d{14}Z$/.test(text))) throw misshapen(of, 'is not a date');
  const digits = isUtcTime ? (text < '5' ? '20' : '19') + text : text;
  const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const date = new Date(iso);
  // A 31st of February is moved into March, or is no date at all.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) throw misshapen(of, 'is not a date');
  return date;
}

/** The bytes of a BIT STRING that holds whole bytes, as keys and signatures do. */
export function wholeBytesOf(of: string, node: DerNode): Uint8Array {
  if (node.content[0] !== 0) throw misshapen(of, 'does not end with a whole byte');
  return node.content.subarray(1);
}

export function misshapen(of: string, what: string): PkiError {
  return new PkiError('not-der', `The ${of} ${what}.`);
}

/** Runs a reader of one kind of document and gives its complaints that document's own code. */
export function withCode<T>(code: 'bad-csr' | 'bad-certificate', document: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError) || error.code !== 'not-der') throw error;
    throw new PkiError(code, `${document} cannot be read. ${error.message}`, { cause: error });
  }
}
