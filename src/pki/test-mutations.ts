// Test support: real documents with a few bytes changed, cut, doubled or put in, as an attacker or a bad disk would.
import * as fc from 'fast-check';

type Mutation = (bytes: readonly number[]) => readonly number[];

/** Copies of `documents`: half of them keep their length and so mostly their structure, the others may lose it too. */
export function mutated(documents: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutations = fc.oneof(fc.array(inPlace, { minLength: 1, maxLength: 3 }), fc.array(anyhow, { minLength: 1, maxLength: 3 }));
  return fc
    .tuple(fc.constantFrom(...documents), mutations)
    .map(([document, each]) => Uint8Array.from(each.reduce<readonly number[]>((bytes, mutate) => mutate(bytes), Array.from(document))));
}

/** A position as a fraction, because the length is not known yet; small ones are likelier, since structure stands there. */
const fraction = fc.nat({ max: 9_999 }).map((tenThousandths) => tenThousandths / 10_000);
const position = fc.oneof(fraction, fraction.map((each) => each / 10));
const byte = fc.oneof(fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x31, 0x7f, 0x80, 0x84, 0xa0, 0xff), fc.nat(255));

const inPlace: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, byte).map(([at, value]): Mutation => (bytes) => bytes.with(indexIn(bytes, at), value)),
  fc.tuple(position, fc.nat(7)).map(([at, bit]): Mutation => (bytes) => bytes.with(indexIn(bytes, at), (bytes[indexIn(bytes, at)] ?? 0) ^ (1 << bit))),
);
const anyhow: fc.Arbitrary<Mutation> = fc.oneof(
  inPlace,
  fc.tuple(position, byte).map(([at, value]): Mutation => (bytes) => bytes.toSpliced(indexIn(bytes, at), 0, value)),
  fc.tuple(position, fc.nat(8)).map(([at, count]): Mutation => (bytes) => (bytes.length > count + 8 ? bytes.toSpliced(indexIn(bytes, at), count) : bytes)),
  fc.tuple(position, position).map(([from, to]): Mutation => (bytes) => bytes.concat(bytes.slice(indexIn(bytes, from), indexIn(bytes, to)))),
);

function indexIn(bytes: readonly number[], fraction: number): number {
  return Math.min(Math.floor(fraction * bytes.length), bytes.length - 1);
}
