// One look at the controller: what the kernel says of it, and what it says itself.
import { readdir, readlink } from 'node:fs/promises';
import { readUsage } from '../bench/process-meter.ts';
import type { Held } from './probe.ts';

export interface Sample {
  /** Seconds since the load began. */
  readonly atSeconds: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
  readonly sockets: number;
  readonly timers: number;
  readonly eventLoopDelayMs: number;
  /** After all garbage was collected; such a look is taken less often, because it disturbs. */
  readonly collected?: { readonly liveHeapBytes: number; readonly listeners: number; readonly signals: number };
  /** Requests without an outcome, and how old the oldest of them is. */
  readonly pending: number;
  readonly oldestPendingSeconds: number;
  /** Warnings of node, since the start. */
  readonly warnings: readonly string[];
}

export interface Looker {
  look(collects: boolean, work: { readonly atSeconds: number; readonly pending: number; readonly oldestPendingSeconds: number }): Promise<Sample>;
}

/** @param probeUrl of hack/soak/probe.ts inside the process with this pid. */
export function makeLooker(pid: number, probeUrl: string): Looker {
  return {
    async look(collects, work) {
      // The kernel first: collecting gives memory back.
      const [usage, sockets] = await Promise.all([readUsage(pid), countSockets(pid)]);
      const held = (await (await fetch(collects ? `${probeUrl}/?collect=1` : probeUrl)).json()) as Held;
      const { timers, listeners, signals, warnings, heapUsedBytes, eventLoopDelay } = held;
      return {
        ...work,
        rssBytes: usage.rssBytes,
        cpuSeconds: usage.cpuSeconds,
        sockets,
        timers,
        eventLoopDelayMs: eventLoopDelay.p99,
        warnings,
        ...(collects ? { collected: { liveHeapBytes: heapUsedBytes, listeners, signals } } : {}),
      };
    },
  };
}

async function countSockets(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all((await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.filter((target) => target.startsWith('socket:')).length;
}
