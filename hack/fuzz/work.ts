// The thread that reads mutated inputs, one after the other, and stops at the first finding.
import { parentPort, workerData } from 'node:worker_threads';
import { readDocuments } from './documents.ts';
import { makeRandom } from './random.ts';
import { shrink } from './shrink.ts';
import { isExpected, makeTargets, type Target } from './targets.ts';

export interface Order {
  readonly seed: number;
  readonly first: number;
  readonly inputs: number;
  /** What an input may take. */
  readonly limitMs: number;
  /** The number of the input that is being read. */
  readonly at: SharedArrayBuffer;
}

export interface Slowest {
  readonly index: number;
  readonly target: string;
  readonly bytes: number;
  readonly ms: number;
}

export interface Finding {
  readonly index: number;
  readonly target: string;
  readonly what: string;
  readonly base64: string;
}

export type Report =
  | { readonly kind: 'progress'; readonly slowest: Slowest }
  | { readonly kind: 'done'; readonly slowest: Slowest; readonly read: number; readonly refused: number }
  | { readonly kind: 'finding'; readonly finding: Finding };

type Reading = { readonly kind: 'read' | 'refused'; readonly ms: number } | { readonly kind: 'broken'; readonly what: string; readonly ms: number };

/** The thread's own time, so that a busy machine makes nothing slow. */
function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function readOnce(target: Target, input: Buffer): Reading {
  const started = usedMs();
  try {
    target.read(Buffer.from(input));
    return { kind: 'read', ms: usedMs() - started };
  } catch (error) {
    const ms = usedMs() - started;
    return isExpected(error) ? { kind: 'refused', ms } : { kind: 'broken', what: error instanceof Error ? (error.stack ?? error.message) : String(error), ms };
  }
}

/** What is wrong with an input; one that was slow is given a second chance, since it may have met the garbage collector. */
function fault(reading: Reading, target: Target, input: Buffer, limitMs: number): string | undefined {
  if (reading.kind === 'broken') return reading.what;
  if (reading.ms <= limitMs) return undefined;
  const { ms } = readOnce(target, input);
  return ms > limitMs ? `took ${Math.round(ms)} ms` : undefined;
}

/** Two findings are the same if their errors are; how slow is slow does not matter. */
function kindOf(what: string | undefined): string | undefined {
  return what?.startsWith('took ') === true ? 'slow' : what?.split('\n')[0];
}

function work({ seed, first, inputs, limitMs, at }: Order, tell: (report: Report) => void): void {
  const targets = makeTargets(readDocuments());
  const current = new Int32Array(at);
  const counts = { read: 0, refused: 0, broken: 0 };
  let slowest: Slowest = { index: first, target: 'none', bytes: 0, ms: 0 };
  for (let index = first; index < first + inputs; index += 1) {
    Atomics.store(current, 0, index);
    const random = makeRandom(seed, index);
    const target = random.pick(targets);
    const input = target.make(random);
    const reading = readOnce(target, input);
    counts[reading.kind] += 1;
    const what = fault(reading, target, input, limitMs);
    if (what !== undefined) {
      const smallest = shrink(input, (candidate) => kindOf(fault(readOnce(target, candidate), target, candidate, limitMs)) === kindOf(what), Date.now() + 20_000);
      tell({ kind: 'finding', finding: { index, target: target.name, what, base64: smallest.toString('base64') } });
      return;
    }
    if (reading.ms > slowest.ms) slowest = { index, target: target.name, bytes: input.length, ms: reading.ms };
    if (index % 1_000 === 0) tell({ kind: 'progress', slowest });
  }
  tell({ kind: 'done', slowest, read: counts.read, refused: counts.refused });
}

work(workerData as Order, (report) => parentPort?.postMessage(report, []));
