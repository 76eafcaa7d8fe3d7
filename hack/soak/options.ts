// What is asked of a soak? Its flags, and what they mean.
import { parseArgs } from 'node:util';

export const help = `Lets the controller work for long under steady load and random faults, and judges whether anything grows.

Usage: npm run soak -- [FLAGS]

  --minutes N      how long the load lasts, 60 unless told; 2 are enough to see that all of it works
  --per-second N   requests created in a second, 2 unless told
  --seed N         which faults happen when, 1 unless told
  --keep N         how many finished requests stay in the cluster, 2000 unless told
  --out FOLDER     where soak.md and soak.svg are written, docs unless told
  --bundle FILE    the bundle that runs, in place of one that is built now

Ends with 1 when something grows, a request Failed or is still Pending at the end, or a certificate was issued twice.
Ctrl-C ends it early; what was measured is written, and everything that was started is taken down.`;

export interface SoakOptions {
  readonly minutes: number;
  readonly perSecond: number;
  readonly seed: number;
  readonly keep: number;
  readonly out: string;
  readonly bundle: string | undefined;
}

/** @returns the options, 'help', or a sentence that says what is wrong. */
export function readOptions(args: readonly string[]): SoakOptions | string {
  const text = { type: 'string' } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: { minutes: text, 'per-second': text, seed: text, keep: text, out: text, bundle: text, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (values.help === true) return 'help';
  const given = { minutes: values.minutes ?? '60', perSecond: values['per-second'] ?? '2', seed: values.seed ?? '1', keep: values.keep ?? '2000' };
  for (const [name, value] of Object.entries(given)) {
    const isCount = name === 'seed' || name === 'keep';
    const number = Number(value);
    if (value === '' || !Number.isFinite(number) || number < 0 || (isCount ? !Number.isSafeInteger(number) : number === 0)) {
      return `--${name === 'perSecond' ? 'per-second' : name} takes ${isCount ? 'a whole number' : 'a number above 0'}, not "${value}"`;
    }
  }
  return { minutes: Number(given.minutes), perSecond: Number(given.perSecond), seed: Number(given.seed), keep: Number(given.keep), out: values.out ?? 'docs', bundle: values.bundle };
}
