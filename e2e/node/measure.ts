// How quick is a pod, and how much memory does it take? The kernel of this machine knows, since its processes are the pod's.
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { scenario } from '../harness/scenario.ts';
import { addressOf } from '../harness/worlds.ts';

export interface PodProcess {
  readonly pid: number;
  /** By this machine's clock, in milliseconds, give or take ten. */
  readonly startedAtMs: number;
}

/** Declares a scenario that looks at the processes of pods: where they are not this machine's, it is left out. */
export const scenarioOfProcesses: typeof scenario = (name, worldName, run) => {
  if (addressOf(worldName)?.seesProcesses === true) scenario(name, worldName, run);
  else console.log(`left out, since the pods' processes are not ours to see: ${name}`);
};

/** @returns the controller of a pod: the process in its cgroups that runs our bundle. @throws Error where there is none */
export function controllerOf({ metadata }: ApiObject): PodProcess {
  const uid = metadata.uid ?? '?';
  const names = [uid, uid.replaceAll('-', '_')]; // as cgroupfs and as systemd write it
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const cgroup = textOf(pid, 'cgroup');
    if (names.some((each) => cgroup.includes(each)) && textOf(pid, 'cmdline').includes('pca-issuer.mjs')) return { pid, startedAtMs: startOf(pid) };
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
