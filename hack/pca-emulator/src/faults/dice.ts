// Chance that can be repeated: the same seed gives the same throws.
import { randomInt } from 'node:crypto';

/** Throws in a row, each from 0 up to 1 (mulberry32: 32 bits of state, far better than a test of faults needs). */
export function diceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function newSeed(): number {
  return randomInt(2 ** 31);
}
