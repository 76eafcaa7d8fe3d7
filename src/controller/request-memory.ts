// What this process remembers of a request between two looks. Keyed by uid: a namesake starts afresh.
import { ambiguousWindowMs } from '../domain/retry.ts';

export interface RequestMemory {
  /** The ARN that AWS gave to this process for the current generation. */
  ownArn: string | undefined;
  issuedAtMs: number | undefined;
  /** Failures in a row, of any class. */
  failures: number;
  /** Failures in a row to fetch one certificate that AWS says it does not have. */
  missing: number;
  /** When the first ambiguous attempt of the running series was made. */
  ambiguousSinceMs: number | undefined;
  ambiguousTries: number;
  /** AWS refused an attempt from the standing base: no certificate of it exists. */
  hasCleanRefusal: boolean;
  readonly refusedHints: Set<string>;
  /** Before this instant AWS is not called again, unless the issuer changed (its `epoch`). */
  dueMs: number;
  epoch: number;
}

export interface RequestMemories {
  of(uid: string): RequestMemory;
  forget(uid: string): void;
  readonly size: number;
}

export function makeRequestMemories(): RequestMemories {
  const memories = new Map<string, RequestMemory>();
  return {
    of(uid) {
      const known = memories.get(uid);
      if (known !== undefined) return known;
      const fresh: RequestMemory = {
        ownArn: undefined,
        issuedAtMs: undefined,
        failures: 0,
        missing: 0,
        ambiguousSinceMs: undefined,
        ambiguousTries: 0,
        hasCleanRefusal: false,
        refusedHints: new Set(),
        dueMs: 0,
        epoch: 0,
      };
      memories.set(uid, fresh);
      return fresh;
    },
    forget: (uid) => void memories.delete(uid),
    get size() {
      return memories.size;
    },
  };
}

/** May AWS still know the token of an attempt whose answer was lost? */
export function isAmbiguous(memory: RequestMemory, nowMs: number): boolean {
  return memory.ambiguousSinceMs !== undefined && nowMs - memory.ambiguousSinceMs <= ambiguousWindowMs;
}
