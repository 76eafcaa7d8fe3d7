// What does a process cost? The kernel is asked: memory now and at its peak, processor time, age.
import { readFile, writeFile } from 'node:fs/promises';

export interface Usage {
  readonly rssBytes: number;
  /** The most since it started, or since `forgetPeak`. */
  readonly peakRssBytes: number;
  /** In user and kernel mode, all threads. */
  readonly cpuSeconds: number;
}

/** Of the clock in /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * @param status text of /proc/PID/status
 * @param stat   text of /proc/PID/stat
 * @throws Error where a line is missing: the process has ended.
 */
export function parseUsage(status: string, stat: string): Usage {
  const [userTicks = 0, kernelTicks = 0] = fieldsOf(stat).slice(11, 13).map(Number);
  return { rssBytes: bytesOf(status, 'VmRSS'), peakRssBytes: bytesOf(status, 'VmHWM'), cpuSeconds: (userTicks + kernelTicks) / ticksPerSecond };
}

/**
 * @param stat   text of /proc/PID/stat
 * @param uptime text of /proc/uptime
 * @returns for how many seconds it has been running, to a hundredth.
 */
export function parseAge(stat: string, uptime: string): number {
  return Number(uptime.split(' ')[0]) - Number(fieldsOf(stat)[19]) / ticksPerSecond;
}

export async function readUsage(pid: number): Promise<Usage> {
  const [status, stat] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
  return parseUsage(status, stat);
}

export async function readAge(pid: number): Promise<number> {
  const [stat, uptime] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/uptime', 'utf8')]);
  return parseAge(stat, uptime);
}

/** The peak counts from now on. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** From the state on: the name before it stands in brackets and may hold anything. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).trim().split(' ');
}

function bytesOf(status: string, line: string): number {
  const [, kilobytes] = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`the process tells no ${line}: it has ended`);
  return Number(kilobytes) * 1_024;
}
