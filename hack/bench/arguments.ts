// What a person types after `npm run bench --`.
import { parseArgs } from 'node:util';
import { controllerNames, type ControllerName } from './controllers.ts';
import { workNames, type WorkName } from './work-items.ts';

export const help = `Measures our controller and aws-privateca-issuer in turns on the same work: one control plane, one emulator of AWS
Private CA with 150 ms round trips, 1.5 s signing and AWS's quotas.

Usage: npm run bench -- [FLAGS]

  --only ours|peer   measure one of them
  --work LIST        some of ${workNames.join(',')}; all of them unless told
  --rounds N         measure everything N times, in turns, and report medians (1)
  --out FILE         where the report goes; its plot and its raw numbers lie beside it.
                     docs/benchmark.md when everything is measured, otherwise none is written unless told
  --bundle FILE      a bundle of ours that was built before, to compare versions
  --from FILE        measure nothing: write the report and the plot again from these raw numbers
  --help

It takes about 15 minutes a round on 2 cores; the peer's 500 requests alone take 3. Measure on a quiet machine.

Examples:
  npm run bench                                    everything; writes docs/benchmark.md
  npm run bench -- --only ours --work 100          half a minute, numbers on the terminal
  npm run bench -- --work faults --out /tmp/b.md   the fault rows, with a report`;

export interface BenchOrder {
  readonly controllers: readonly ControllerName[];
  readonly works: readonly WorkName[];
  readonly rounds: number;
  /** undefined: no report is written. */
  readonly out: string | undefined;
  readonly bundle: string | undefined;
}

export type Parsed =
  | { readonly kind: 'help' }
  | { readonly kind: 'render'; readonly from: string; readonly out: string }
  | { readonly kind: 'bench'; readonly order: BenchOrder }
  | { readonly kind: 'wrong'; readonly problem: string };

const options = {
  only: { type: 'string' }, work: { type: 'string' }, rounds: { type: 'string' }, out: { type: 'string' },
  bundle: { type: 'string' }, from: { type: 'string' }, help: { type: 'boolean', short: 'h' },
} as const;

const defaultReport = 'docs/benchmark.md';

export function parseArguments(args: readonly string[]): Parsed {
  const wrong = (problem: string): Parsed => ({ kind: 'wrong', problem });
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    return wrong((error as Error).message);
  }
  if (values.help === true) return { kind: 'help' };
  const controllers = controllerNames.filter((name) => values.only === undefined || name === values.only);
  if (controllers.length === 0) return wrong(`--only is "${values.only}": say ${controllerNames.join(' or ')}`);
  const wanted = values.work?.split(',') ?? workNames;
  const unknown = wanted.find((name) => !(workNames as readonly string[]).includes(name));
  if (unknown !== undefined) return wrong(`--work knows no "${unknown}": say some of ${workNames.join(',')}`);
  const rounds = Number(values.rounds ?? '1');
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) return wrong(`--rounds is "${values.rounds}": say a number from 1 to 20`);
  if (values.out !== undefined && !values.out.endsWith('.md')) return wrong(`--out is "${values.out}": it is a Markdown file, so end it with .md`);
  if (values.from !== undefined) return { kind: 'render', from: values.from, out: values.out ?? values.from.replace(/\.json$/, '.md') };
  const works = workNames.filter((name) => wanted.includes(name));
  const isWhole = controllers.length === controllerNames.length && works.length === workNames.length;
  return { kind: 'bench', order: { controllers, works, rounds, out: values.out ?? (isWhole ? defaultReport : undefined), bundle: values.bundle } };
}
