// `npm run fuzz`: does any mutated document make a reader crash, hang, or publish wrong bytes?
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { readDocuments } from './documents.ts';
import { makeRandom } from './random.ts';
import { makeTargets } from './targets.ts';
import type { Finding, Order, Report, Slowest } from './work.ts';

const help = `Feeds mutated CSRs, certificates, chains, PEM texts, Kubernetes objects and AWS errors to the readers of src.

Usage: npm run fuzz -- [FLAGS]

  --inputs N   how many, 100000 unless told
  --seed N     which ones, 1 unless told; the same seed gives the same inputs
  --first N    the number of the first one, 0 unless told: --first 1234 --inputs 1 repeats a finding
  --out FILE   where the smallest input that shows a finding is written as base64, fuzz-finding.txt unless told

Ends with 1 when an input meets anything but the expected error, takes more than a second twice, or publishes wrong bytes.`;

const limitMs = 1_000;
/** An input that is still being read by now hangs. */
const hangMs = 10_000;

const { values } = parseArgs({
  options: { inputs: { type: 'string' }, seed: { type: 'string' }, first: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help === true) {
  console.log(help);
  process.exit(0);
}

function wholeNumber(flag: 'inputs' | 'seed' | 'first', fallback: number): number {
  const given = values[flag];
  const value = given === undefined ? fallback : Number(given);
  if (Number.isSafeInteger(value) && value >= 0 && given !== '') return value;
  console.error(`--${flag} takes a whole number, not "${given ?? ''}"`);
  process.exit(2);
}

const [seed, first, inputs] = [wholeNumber('seed', 1), wholeNumber('first', 0), wholeNumber('inputs', 100_000)];
const at = new SharedArrayBuffer(4);
const order: Order = { seed, first, inputs, limitMs, at };
const worker = new Worker(new URL('work.ts', import.meta.url), { workerData: order, resourceLimits: { maxOldGenerationSizeMb: 512 } });
const started = performance.now();
let slowest: Slowest | undefined;
let seen = { index: -1, sinceMs: started };

const watch = setInterval(() => {
  const index = Atomics.load(new Int32Array(at), 0);
  const now = performance.now();
  if (index !== seen.index) seen = { index, sinceMs: now };
  else if (now - seen.sinceMs > hangMs) end({ ...remade(index), what: `is still being read after ${hangMs / 1_000} s` });
  const line = `${index - first} of ${inputs} inputs, ${rate(index - first, now)}/s, slowest ${slowestText()}, ${memoryText()}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else if (Math.round((now - started) / 1_000) % 20 === 0) console.log(line);
}, 1_000);

worker.on('message', (report: Report) => {
  if (report.kind === 'finding') return end(report.finding);
  slowest = report.slowest;
  if (report.kind === 'done') end(undefined, `${report.read} read, ${report.refused} refused with PkiError`);
});
worker.on('error', (error) => end({ ...remade(Atomics.load(new Int32Array(at), 0)), what: error instanceof Error ? (error.stack ?? error.message) : String(error) }));

function end(finding: Finding | undefined, counted = ''): void {
  clearInterval(watch);
  void worker.terminate();
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
  const now = performance.now();
  if (finding === undefined) {
    console.log(`seed ${seed}: ${inputs} inputs in ${((now - started) / 1_000).toFixed(0)} s (${rate(inputs, now)}/s): ${counted}; slowest ${slowestText()}; ${memoryText()}; no finding`);
    return;
  }
  const file = values.out ?? 'fuzz-finding.txt';
  writeFileSync(file, `${finding.base64}\n`);
  console.error(`seed ${seed}, input ${finding.index}, ${finding.target}: ${finding.what}\nthe smallest input that shows it is in ${file}; repeat it with --seed ${seed} --first ${finding.index} --inputs 1`);
  process.exitCode = 1;
}

/** The input of this number, as the thread made it. */
function remade(index: number): Omit<Finding, 'what'> {
  const random = makeRandom(seed, index);
  const target = random.pick(makeTargets(readDocuments()));
  return { index, target: target.name, base64: target.make(random).toString('base64') };
}

function rate(count: number, now: number): string {
  return (count / ((now - started) / 1_000)).toFixed(0);
}

function slowestText(): string {
  return slowest === undefined ? 'none' : `${slowest.ms.toFixed(0)} ms (input ${slowest.index}, ${slowest.target}, ${slowest.bytes} bytes)`;
}

function memoryText(): string {
  return `peak memory ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB`;
}
