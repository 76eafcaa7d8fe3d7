// How is a part of the control plane started so that it can be found, read and stopped later, by whatever process?
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, identifyChild, isAlive, signalProcess, type ProcessIdentity } from '../build/process-identity.ts';

export interface ProcessRecord extends ProcessIdentity {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it was given beside our own environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface HostProcess extends ProcessRecord {
  readonly logFile: string;
  /** Resolves when the process ends while we look: with how it ended and its last lines. */
  readonly ended: Promise<string>;
}

export interface ProcessOrder {
  /** the control plane's folder: logs go to `logs/<name>.log`, the identity to `processes/<name>.json` */
  readonly directory: string;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts a process in a session of its own, so that it outlives us and hears no Ctrl-C, and records who it is.
 * @throws Error when it could not be started (missing binary, wrong processor); of one that ends at once `ended` tells.
 */
export function startProcess({ directory, name, command, args, environment }: ProcessOrder): HostProcess {
  const logFile = logFileOf(directory, name);
  mkdirSync(join(directory, 'logs'), { recursive: true });
  mkdirSync(join(directory, 'processes'), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...environment } });
  closeSync(log);
  child.unref();
  const ended = new Promise<string>((resolve) => {
    const tell = (how: string) => resolve(`${name} ended (${how}); its last lines, from ${logFile}:\n${lastLines(logFile)}`);
    child.once('error', (error) => tell(error.message));
    child.once('exit', (code, signal) => tell(signal ?? `exit code ${code}`));
  });
  const identity = child.pid === undefined ? undefined : identifyChild(child.pid);
  if (identity === undefined) throw new Error(`${command} could not be started; see ${logFile}`);
  const record: ProcessRecord = { name, ...identity, command, args, environment };
  writeFileSync(recordFile(directory, name), JSON.stringify(record));
  return { ...record, logFile, ended };
}

/** Lets a process that somebody else started end with the control plane that it works on, also when whoever started it was killed. */
export function recordProcess(directory: string, name: string, pid: number): void {
  const identity = identify(pid);
  if (identity === undefined) return;
  mkdirSync(join(directory, 'processes'), { recursive: true });
  writeFileSync(recordFile(directory, name), JSON.stringify({ name, ...identity, command: '', args: [] } satisfies ProcessRecord));
}

/** Where a process of a control plane logs, whether it runs or not. */
export function logFileOf(directory: string, name: string): string {
  return join(directory, 'logs', `${name}.log`);
}

/** @returns the processes that were recorded under a control plane's folder, dead or alive. */
export async function readProcesses(directory: string): Promise<readonly ProcessRecord[]> {
  const files = await readdir(join(directory, 'processes')).catch(() => []);
  const records = files.map(async (file) => readFile(join(directory, 'processes', file), 'utf8').then(parseRecord, () => undefined));
  return (await Promise.all(records)).filter((record) => record !== undefined);
}

/** @throws Error when no process of this name was ever recorded there. */
export async function findProcess(directory: string, name: string): Promise<ProcessRecord> {
  const found = (await readProcesses(directory)).find((each) => each.name === name);
  if (found === undefined) throw new Error(`${directory} has no record of a process ${name}`);
  return found;
}

/** Kills these processes and waits until they are gone. What has a recorded pid but is another process stays untouched. */
export async function killProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  // SIGKILL, because kube-apiserver drains for 60 s on SIGTERM and there is nothing to save.
  for (const each of processes) signalProcess(each, 'SIGKILL');
  while (processes.some((each) => isAlive(each))) await delay(10);
}

/**
 * Asks until a process answers well.
 * @param isReady  one question; a rejection counts as no.
 * @throws Error with the log's last lines when the process ends, or does not get there in time.
 */
export async function untilReady(started: HostProcess, isReady: () => Promise<boolean>, timeoutMs = 180_000): Promise<void> {
  const stop = new AbortController();
  const poll = async () => {
    while (!stop.signal.aborted) {
      if (await isReady().catch(() => false)) return;
      await delay(40);
    }
  };
  const late = delay(timeoutMs, undefined, { signal: stop.signal }).then(
    () => `${started.name} was not ready after ${timeoutMs / 1000} s; its last lines, from ${started.logFile}:\n${lastLines(started.logFile)}`,
    () => undefined,
  );
  const trouble = await Promise.race([poll(), started.ended, late]).finally(() => stop.abort());
  if (trouble !== undefined) throw new Error(trouble);
}

function recordFile(directory: string, name: string): string {
  return join(directory, 'processes', `${name}.json`);
}

function parseRecord(text: string): ProcessRecord | undefined {
  try {
    return JSON.parse(text) as ProcessRecord;
  } catch {
    return undefined;
  }
}

function lastLines(file: string, count = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
