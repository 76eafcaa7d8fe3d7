// How does an attacker, a bad disk or a careless proxy change a document?
import type { Random } from './random.ts';

/** Bytes that mean something to DER, PEM, base64 or JSON. */
const telling = Buffer.from([0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0d, 0x13, 0x17, 0x1f, 0x20, 0x22, 0x2d, 0x30, 0x31, 0x3d, 0x5c, 0x7b, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x87, 0xa0, 0xa3, 0xff]);

/** The largest that a mutation makes of a document; readers must stand more than the 330 kB that they read. */
const longest = 600_000;

/** One to four changes; most of them keep the length, and so most of the structure. */
export function mutateBytes(document: Buffer, others: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(document);
  for (let left = 1 + random.below(4); left > 0; left -= 1) bytes = random.oneIn(2) ? changed(bytes, random) : reshaped(bytes, others, random);
  return bytes;
}

function changed(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const at = position(bytes, random);
  const old = bytes[at] ?? 0;
  switch (random.below(4)) {
    case 0:
      bytes[at] = random.pick([...telling]);
      return bytes;
    case 1:
      bytes[at] = old ^ (1 << random.below(8));
      return bytes;
    case 2:
      bytes[at] = (old + random.pick([1, 255, 2, 254])) & 0xff;
      return bytes;
    default:
      bytes[at] = random.below(256);
      return bytes;
  }
}

function reshaped(bytes: Buffer, others: readonly Buffer[], random: Random): Buffer {
  const [from, to] = [position(bytes, random), position(bytes, random)].toSorted((left, right) => left - right) as [number, number];
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, from), Buffer.from([random.pick([...telling])]), bytes.subarray(from)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.min(from + 1 + random.below(8), bytes.length))]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to)]);
    case 3:
      return Buffer.from(bytes.subarray(0, to));
    case 4: {
      const other = random.pick(others);
      return Buffer.concat([bytes.subarray(0, from), other.subarray(position(other, random)), bytes.subarray(to)]).subarray(0, longest);
    }
    case 5:
      return random.oneIn(50) ? repeated(bytes, from, to, random) : changed(bytes, random);
    default:
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  }
}

/** A piece, a thousand times over: what a backtracking reader chokes on. */
function repeated(bytes: Buffer, from: number, to: number, random: Random): Buffer {
  const piece = random.oneIn(2) ? Buffer.from([random.pick([...telling])]) : bytes.subarray(from, to);
  const times = Math.floor(random.below(longest) / Math.max(1, piece.length));
  return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: times }, () => piece), bytes.subarray(from)]).subarray(0, longest);
}

/** Small positions are likelier: structure stands at the beginning. */
function position(bytes: Buffer, random: Random): number {
  const length = random.oneIn(3) ? Math.ceil(bytes.length / 8) : bytes.length;
  return length === 0 ? 0 : random.below(length);
}

const oddValues: readonly unknown[] = [null, true, 0, -1, 1e308, 2 ** 53, '', ' ', '\u0000', '\ud800', '__proto__', [], {}, [[]], { toString: 1 }, 'NaN', '1h', '-1h', '9999999999999h', '0001-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'];
const oddKeys = ['__proto__', 'constructor', 'toString', 'length', '', 'name', 'spec', 'message', 'then'];

/** A copy of a JSON value with one place of it changed. */
export function mutateJson(value: unknown, random: Random): unknown {
  if (random.oneIn(12)) return oddValue(value, random);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.oneIn(8)) return [...value, oddValue(value, random)];
    const at = random.below(value.length);
    return value.map((each: unknown, index) => (index === at ? mutateJson(each, random) : each));
  }
  if (typeof value !== 'object' || value === null) return random.oneIn(2) ? oddValue(value, random) : mutateText(value, random);
  const entries = Object.entries(value);
  if (entries.length === 0 || random.oneIn(10)) return Object.fromEntries([...entries, [random.pick(oddKeys), oddValue(value, random)]]);
  const at = random.below(entries.length);
  if (random.oneIn(10)) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(entries.map(([key, each], index) => [key, index === at ? mutateJson(each, random) : each]));
}

function oddValue(value: unknown, random: Random): unknown {
  if (random.oneIn(100)) return random.pick([' ', '1', '1h', '(', 'a', ':', 'Request ID: ', ' (Service: ']).repeat(random.below(200_000));
  return random.oneIn(6) ? [value] : random.pick(oddValues);
}

function mutateText(value: unknown, random: Random): unknown {
  if (typeof value !== 'string') return random.pick(oddValues);
  const bytes = Buffer.from(value);
  return mutateBytes(bytes, [bytes], random).toString();
}
