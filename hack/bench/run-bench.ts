// In which order is everything measured? Item by item, round by round, the two in turns, the full cluster last.
import type { Progress } from '../control-plane/progress.ts';
import type { Arena } from './arena.ts';
import type { BenchOrder } from './arguments.ts';
import { controllerTitles, type ControllerName } from './controllers.ts';
import type { Measurement, MemoryMeasurement } from './measurement.ts';
import { fillCluster, measureIdle, measureLoaded } from './measure-memory.ts';
import { measureWork } from './measure-work.ts';
import { cpuMsPerRequest, latencyAt, writesPerRequest } from './results.ts';
import { workItems } from './work-items.ts';

export interface Readings {
  readonly measurements: Measurement[];
  readonly memory: MemoryMeasurement[];
}

export interface BenchRun {
  readonly arena: Arena;
  readonly order: BenchOrder;
  /** Filled as it goes, so that what was measured is there when it breaks off. */
  readonly readings: Readings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** @throws Error when a controller does not come up, or the signal's reason */
export async function runBench({ arena, order: { controllers, works, rounds }, readings, progress, signal }: BenchRun): Promise<void> {
  const items = works.flatMap((name) => (name === 'memory' ? [] : workItems[name]));
  const step = async <T>(name: string, run: () => Promise<T>, tell: (result: T) => string): Promise<T> => {
    signal.throwIfAborted();
    const line = progress.begin(name);
    try {
      const result = await run();
      line.end(tell(result));
      return result;
    } catch (error) {
      line.end('stopped');
      throw error;
    }
  };
  const turns = Array.from({ length: rounds }, (_, round) => inTurn(controllers, round)).flat();
  for (const item of items) {
    for (const who of turns) readings.measurements.push(await step(nameOf(item.name, who), () => measureWork(arena, item, who, signal), tellWork));
  }
  if (!works.includes('memory')) return;
  const atRest: { readonly who: ControllerName; readonly idleRssBytes: number }[] = [];
  for (const who of turns) {
    const { idleRssBytes } = await step(nameOf('memory at rest', who), () => measureIdle(arena, who, signal), (idle) => megabytes(idle.idleRssBytes));
    atRest.push({ who, idleRssBytes });
  }
  await step('filling the cluster', () => fillCluster(arena, signal), () => 'done');
  for (const { who, idleRssBytes } of atRest) {
    const loaded = await step(nameOf('memory in it', who), () => measureLoaded(arena, who, signal), ({ loadedRssBytes, loadedPeakRssBytes }) => `${megabytes(loadedRssBytes)}, at its peak ${megabytes(loadedPeakRssBytes)}`);
    readings.memory.push({ controller: who, idleRssBytes, ...loaded });
  }
}

/** Who comes first changes from round to round. */
function inTurn(controllers: readonly ControllerName[], round: number): readonly ControllerName[] {
  return round % 2 === 0 ? controllers : controllers.toReversed();
}

function nameOf(what: string, who: ControllerName): string {
  return `${what}, ${controllerTitles[who].split(' ')[0]}`;
}

function tellWork(result: Measurement): string {
  const { requests, issued, failed, pending, duplicates, makespanSeconds, rssBytes } = result;
  const seconds = (share: number): string => latencyAt(share)(result)?.toFixed(1) ?? '–';
  const trouble = [failed > 0 ? `${failed} Failed` : '', pending > 0 ? `${pending} pending` : '', duplicates > 0 ? `${duplicates} duplicates` : ''].filter((text) => text !== '');
  return [
    `${issued} of ${requests} issued in ${makespanSeconds.toFixed(1)} s`, ...trouble, `p50 ${seconds(0.5)} s`, `p99 ${seconds(0.99)} s`,
    `${cpuMsPerRequest(result)?.toFixed(1)} ms CPU and ${writesPerRequest()(result)?.toFixed(1)} writes a request`, megabytes(rssBytes.after),
  ].join(', ');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
