// How much slower is this machine, just now, than the one that promises of seconds were made on? A piece of work says so, and who else is in line.
import { availableParallelism, loadavg } from 'node:os';

/** What the work below takes on the 2 idle cores of docs/benchmark.md. */
const referenceMs = 60;

/** @returns 1 where it is as quick, or quicker; 3 where the same work takes three times as long. */
export function slowness(): number {
  const [load = 0] = loadavg();
  const workMs = Math.min(doWork().wallMs, doWork().wallMs);
  return judgeSlowness({ workMs, load, cores: availableParallelism() });
}

/** The same of the cores alone, for what comes when those are gone who are in line now. */
export function slownessOfCores(): number {
  return judgeSlowness({ workMs: Math.min(doWork().cpuMs, doWork().cpuMs), load: 0, cores: 1 });
}

export interface Pace {
  readonly workMs: number;
  /** processes that ran or wanted to, on an average of the last minute */
  readonly load: number;
  readonly cores: number;
}

/** The work tells of this moment and of slow cores, the load of the minute in which a promise was tried. */
export function judgeSlowness({ workMs, load, cores }: Pace): number {
  return Math.max(1, workMs / referenceMs, load / cores);
}

function doWork(): { readonly wallMs: number; readonly cpuMs: number } {
  const [since, used] = [performance.now(), process.cpuUsage()];
  let bits = 1;
  let ones = 0;
  for (let turn = 0; turn < 30_000_000; turn += 1) {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    ones += bits & 1;
  }
  if (ones === 0) throw new Error('this generator never gives zeros alone');
  const { user, system } = process.cpuUsage(used);
  return { wallMs: performance.now() - since, cpuMs: (user + system) / 1_000 };
}
