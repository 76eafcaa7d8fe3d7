// How are test files run, and stopped? Node's own runner, in a process of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judgeReport, noTestFound } from '../../hack/test/judge-report.ts';
import { addressesVariable, type WorldAddresses } from './worlds.ts';

export interface TestRun {
  /** How many files run at a time. */
  readonly atATime: number;
  /** Only tests whose names match. */
  readonly only?: string | undefined;
  /** Files may leave out all of their tests here, and say so. */
  readonly leavesOut?: boolean | undefined;
  /** The worlds that they find. */
  readonly addresses?: WorldAddresses | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the runner's pid, for whoever has to find it when we were killed. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

/** The exit code of a run in which nothing failed, since nothing ran. */
export const noneMatches = 2;

/** @returns the exit code of the test runner; not 0 either where nothing failed, but not everything ran that was to. */
export async function runTests(files: readonly string[], { atATime, only, leavesOut = false, addresses = {}, signal, onStart }: TestRun): Promise<number> {
  if (signal?.aborted === true) return 1;
  if (files.length === 0) return 0;
  const folder = await mkdtemp(path.join(tmpdir(), 'pca-issuer-tests-'));
  const report = path.join(folder, 'junit.xml');
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=junit', `--test-reporter-destination=${report}`];
  const chosen = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const args = ['--test', `--test-concurrency=${atATime}`, ...reporters, ...chosen, ...files];
  try {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, [addressesVariable]: JSON.stringify(addresses) } });
    onStart?.(child.pid ?? 0);
    signal?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    const code = await new Promise<number>((resolve) => child.once('exit', (exit) => resolve(exit ?? 1)));
    if (code !== 0) return code;
    const why = judgeReport(await readFile(report, 'utf8'), { files, isSelection: only !== undefined || leavesOut });
    if (why === undefined) return 0;
    console.error(why);
    return why === noTestFound ? noneMatches : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Where to look after a failure. */
export function tellLogs(worlds: Iterable<{ readonly name: string; readonly directory: string }>): void {
  for (const { name, directory } of worlds) console.log(`logs of ${name}: ${path.relative(process.cwd(), directory)}/logs (kept with --keep)`);
}

/** Aborted by Ctrl-C and by SIGTERM, so that what was started can be taken down. */
export function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`${signal} received`)));
  return stop.signal;
}
