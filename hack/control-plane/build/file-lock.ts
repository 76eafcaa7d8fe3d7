// How do two processes agree who works on a thing? A file that holds its owner's identity; a dead owner's is taken over.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createWhole } from './create-whole.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  readonly pollMs?: number | undefined;
  /** Called once, when the lock turns out to be held by a living process. */
  readonly onWait?: ((pid: number) => void) | undefined;
}

/**
 * Takes the lock, waiting while a living process holds it. Two processes that take over a dead one's lock in the same
 * instant may both get it: use it to save work, and make the work itself safe by an atomic rename.
 * @returns a function that gives the lock back.
 * @throws the signal's reason when it is aborted while waiting.
 */
export async function lockFile(file: string, options: LockOptions = {}): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  const mine = JSON.stringify(identify(process.pid));
  for (let waits = 0; ; waits += 1) {
    options.signal?.throwIfAborted();
    if (await createWhole(file, mine)) return () => rm(file, { force: true });
    const owner = await readOwner(file);
    if (owner === 'nobody' || (owner !== undefined && !isAlive(owner))) {
      await rm(file, { force: true });
      continue;
    }
    if (waits === 0 && owner !== undefined) options.onWait?.(owner.pid);
    await delay(options.pollMs ?? 200, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** Whether a living process holds the lock. */
export async function isLocked(file: string): Promise<boolean> {
  const owner = await readOwner(file);
  return owner !== undefined && owner !== 'nobody' && isAlive(owner);
}

/** @returns undefined for a lock that was given back meanwhile, `nobody` for a file that names no owner. */
async function readOwner(file: string): Promise<ProcessIdentity | 'nobody' | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    return error instanceof SyntaxError ? 'nobody' : undefined;
  }
}
