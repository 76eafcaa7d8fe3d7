// How quick is a pod, and how much memory does it take? The kernel of this machine knows, since its processes are the pod's.
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';

export interface PodProcess {
  readonly pid: number;
  /** By this machine's clock, in milliseconds, give or take ten. */
  readonly startedAtMs: number;
}

/** @returns the controller of a pod: the process in its cgroups that runs our bundle. @throws Error where there is none */
export function controllerOf({ metadata }: ApiObject): PodProcess {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    if (textOf(pid, 'cgroup').includes(metadata.uid ?? '?') && textOf(pid, 'cmdline').includes('pca-issuer.mjs')) return { pid, startedAtMs: startOf(pid) };
  }
  throw new Error(`no process of pod ${metadata.name} runs the bundle`);
}

/** @returns the most that the process ever had in memory, in MiB. */
export function peakMiB({ pid }: PodProcess): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(textOf(pid, 'status'))?.[1] ?? Number.NaN) / 1024;
}

/** @returns UID and GID that the process runs as. */
export function userOf({ pid }: PodProcess): { readonly uid: number; readonly gid: number } {
  const first = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(textOf(pid, 'status'))?.[1]);
  return { uid: first('Uid'), gid: first('Gid') };
}

/** Field 22 of proc_pid_stat(5): hundredths of a second since the machine was started. */
function startOf(pid: number): number {
  const stat = textOf(pid, 'stat');
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return Date.now() - (uptime() * 1000 - ticks * 10);
}

function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
