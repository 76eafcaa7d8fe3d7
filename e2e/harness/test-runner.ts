// How are test files run, and stopped? Node's own runner, in a process of its own.
import { spawn } from 'node:child_process';
import { addressesVariable, type WorldAddresses } from './worlds.ts';

export interface TestRun {
  /** How many files run at a time. */
  readonly atATime: number;
  /** Only tests whose names match. */
  readonly only?: string | undefined;
  /** The worlds that they find. */
  readonly addresses?: WorldAddresses | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends a file once its tests are done: what a failed one leaves open, such as traffic, would go on for ever. */
  readonly endsAtOnce?: boolean | undefined;
  /** Told the runner's pid, for whoever has to find it when we were killed. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

/** @returns the exit code of the test runner. */
export async function runTests(files: readonly string[], { atATime, only, addresses = {}, signal, endsAtOnce = false, onStart }: TestRun): Promise<number> {
  if (files.length === 0 || signal?.aborted === true) return 0;
  const chosen = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const args = ['--test', ...(endsAtOnce ? ['--test-force-exit'] : []), `--test-concurrency=${atATime}`, '--test-reporter=spec', ...chosen, ...files];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, [addressesVariable]: JSON.stringify(addresses) } });
  onStart?.(child.pid ?? 0);
  signal?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve) => child.once('exit', (exit) => resolve(exit ?? 1)));
}

/** Aborted by Ctrl-C and by SIGTERM, so that what was started can be taken down. */
export function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`${signal} received`)));
  return stop.signal;
}
