// Which DER blocks does a PEM text hold, and what is the one canonical text of a block?
import { PkiError } from './error.ts';

export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

/** The largest PEM text that cert-manager reads back from a Secret. */
export const LARGEST_PEM_BYTES = 330_000;

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const LABEL = /^[A-Z0-9][A-Z0-9 ]{0,63}$/;
const BLANKS = /[ \t\r\n\v\f]+/g;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads every PEM block of a text, as people and AWS write them: CRLF or LF, blank or indented lines, prose between
 * blocks, one long base64 line, and no newline between two blocks (AWS gives none after the last one).
 * @param options.maxBytes  length of the text in UTF-8 bytes that is still read; 330000 by default.
 * @returns at least one block, in the order of the text.
 * @throws PkiError 'too-large', or 'not-pem' with the block's number when there is no block, or one is cut off or garbled
 */
export function readPem(text: string, options: { readonly maxBytes?: number } = {}): readonly PemBlock[] {
  const maxBytes = options.maxBytes ?? LARGEST_PEM_BYTES;
  if (Buffer.byteLength(text) > maxBytes) {
    throw new PkiError('too-large', `The PEM text has ${Buffer.byteLength(text)} bytes, more than the ${maxBytes} that are read.`);
  }
  const blocks: PemBlock[] = [];
  let at = 0;
  for (;;) {
    const begin = text.indexOf(BEGIN, at);
    const between = text.slice(at, begin === -1 ? undefined : begin);
    const number = blocks.length + 1;
    if (between.includes(END)) throw notPem(number, 'has an END line without its BEGIN line');
    if (begin === -1) break;
    const { block, next } = readBlock(text, begin, number);
    blocks.push(block);
    at = next;
  }
  if (blocks.length === 0) throw new PkiError('not-pem', 'The text holds no PEM block: no line starts with "-----BEGIN".');
  return blocks;
}

/** Writes the canonical PEM of a block: base64 in lines of 64 columns, LF, exactly one newline at the end. */
export function writePem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return [`${BEGIN}${label}${DASHES}`, ...lines, `${END}${label}${DASHES}`, ''].join('\n');
}

function readBlock(text: string, begin: number, number: number): { block: PemBlock; next: number } {
  const labelStart = begin + BEGIN.length;
  const labelEnd = text.indexOf(DASHES, labelStart);
  const label = text.slice(labelStart, labelEnd === -1 ? labelStart : labelEnd);
  if (!LABEL.test(label)) throw notPem(number, 'has a BEGIN line that is not one');
  const bodyStart = labelEnd + DASHES.length;
  const bodyEnd = text.indexOf(DASHES, bodyStart);
  const endLine = `${END}${label}${DASHES}`;
  if (bodyEnd === -1 || !text.startsWith(endLine, bodyEnd)) throw notPem(number, `(${label}) does not end with its END line`);
  const base64 = text.slice(bodyStart, bodyEnd).replace(BLANKS, '');
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) throw notPem(number, `(${label}) holds something that is not base64`);
  return { block: { label, der: new Uint8Array(Buffer.from(base64, 'base64')) }, next: bodyEnd + endLine.length };
}

function notPem(number: number, what: string): PkiError {
  return new PkiError('not-pem', `PEM block ${number} ${what}.`);
}
