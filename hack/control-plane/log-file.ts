// Has a process said this yet? Watches its log file.
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface LogWait {
  readonly timeoutMs?: number | undefined;
  /** look only at what comes after this many characters */
  readonly after?: number | undefined;
  /** ends the wait as the time does */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a log contains a text.
 * @returns the line with it.
 * @throws Error with the log's last lines when it does not come in time.
 */
export async function waitForLine(file: string, text: string, { timeoutMs = 120_000, after = 0, signal }: LogWait = {}): Promise<string> {
  let changed = Promise.withResolvers<void>();
  let isLate = signal?.aborted === true;
  // That of node:fs/promises would see nothing before it is asked for its first change.
  const watcher = watch(file, () => changed.resolve());
  const giveUp = (): void => {
    isLate = true;
    changed.resolve();
  };
  const timer = setTimeout(giveUp, timeoutMs);
  signal?.addEventListener('abort', giveUp);
  try {
    while (true) {
      changed = Promise.withResolvers<void>();
      const log = await readFile(file, 'utf8');
      const line = log.slice(after).split('\n').find((each) => each.includes(text));
      if (line !== undefined) return line;
      if (isLate) {
        const last = log.trimEnd().split('\n').slice(-10).join('\n');
        throw new Error(`waited ${timeoutMs / 1000} s for "${text}" in ${file}; its last lines:\n${last}`);
      }
      await changed.promise; // of the time since before we read
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
    watcher.close();
  }
}
