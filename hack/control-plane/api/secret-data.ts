// What is in a Secret, as text, and how does text get into one? Byte by byte: what a test puts in need not be UTF-8.
import type { ApiObject } from './objects.ts';

export type Texts = Readonly<Record<string, string>>;

/** @returns '' where the key is missing. */
export function textOf(secret: ApiObject, key: string): string {
  return decode((secret['data'] as Texts)[key]);
}

export function textsOf(secret: ApiObject): Texts {
  return mapValues(secret['data'] as Texts, decode);
}

/** @returns what `data` of a Secret holds. */
export function dataOf(texts: Texts): Texts {
  return mapValues(texts, encode);
}

export function decode(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

export function encode(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

function mapValues(texts: Texts, change: (text: string) => string): Texts {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, change(text)]));
}
