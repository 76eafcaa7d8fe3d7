// Is the process with this pid still the one we started? A pid alone may have been given to somebody else.
import { readFileSync } from 'node:fs';

/** A process for good: no two processes of one machine ever share all three. */
export interface ProcessIdentity {
  readonly pid: number;
  /** clock ticks since boot at which the process began (field 22 of /proc/PID/stat) */
  readonly startTime: string;
  readonly bootId: string;
}

/**
 * Reads state and start time out of a /proc/PID/stat line. The command name in it may contain blanks and brackets,
 * so fields are counted from the last bracket (proc_pid_stat(5)).
 */
export function parseStat(stat: string): { readonly state: string; readonly startTime: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** @returns the identity of a running process; undefined when none has this pid, or only its corpse is left. */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = look(pid);
  return found === undefined || found.state === 'Z' || found.state === 'X' ? undefined : found.identity;
}

/** @returns the identity of a child that was started in this very turn: of one that has ended since then, its corpse still lies there. */
export function identifyChild(pid: number): ProcessIdentity | undefined {
  return look(pid)?.identity;
}

function look(pid: number): { readonly state: string; readonly identity: ProcessIdentity } | undefined {
  try {
    const { state, startTime } = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return { state, identity: { pid, startTime, bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() } };
  } catch {
    return undefined;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** Sends a signal to exactly this process. @returns whether it was there to receive it. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}
