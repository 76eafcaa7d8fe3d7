// What this process remembers of a request between two looks. Keyed by uid: a namesake starts afresh.
import type { FailureClass } from '../domain/failure.ts';
import type { Outcome } from '../domain/outcome.ts';
import { ambiguousTriesAtMost, ambiguousWindowMs } from '../domain/retry.ts';

export interface RequestMemory {
  /** When this process first saw the request. */
  readonly knownSinceMs: number;
  /** The ARN that AWS gave for the current generation, to this process or to one before it. */
  ownArn: string | undefined;
  /** The CA that it was ordered from. */
  ownAuthorityArn: string | undefined;
  /** Annotations that go with it (domain/request-traces.ts); none where a process before this one ordered it and wrote them. */
  traces: Readonly<Record<string, string>>;
  /** When this process ordered it. */
  issuedAtMs: number | undefined;
  /** When the certificate was first looked for, or ordered. */
  fetchingSinceMs: number | undefined;
  /** How often AWS has said of it that it is there, or not yet. */
  looks: number;
  /** When it was fetched. */
  fetchedAtMs: number | undefined;
  /** Failures in a row of one class. */
  failures: number;
  failureClass: FailureClass | undefined;
  /** Failures in a row to fetch one certificate that AWS says it does not have. */
  missing: number;
  missingSinceMs: number | undefined;
  /** Answers in a row that hold no certificate that can be read. */
  unreadable: number;
  /** When the first ambiguous attempt of the running series was made. */
  ambiguousSinceMs: number | undefined;
  ambiguousTries: number;
  /** The token of that series. */
  ambiguousToken: string | undefined;
  /** No certificate of the standing base is to be had: AWS refused it, or has forgotten it. */
  hasCleanRefusal: boolean;
  readonly refusedHints: Set<string>;
  /** The last outcome that waits: before `dueMs` AWS is not called again, unless the issuer changed (its `epoch`). */
  pause: { readonly dueMs: number; readonly outcome: Pausing } | undefined;
  epoch: number;
  /** The owner of its Certificate has been told that it waits. */
  isOwnerTold: boolean;
}

export type Pausing = Extract<Outcome, { readonly afterMs: number }>;

export interface RequestMemories {
  of(uid: string, nowMs: number): RequestMemory;
  /** undefined where there is none; none is made. */
  get(uid: string): RequestMemory | undefined;
  forget(uid: string): void;
  readonly size: number;
  /** When this process first saw the oldest of them. */
  readonly oldestSinceMs: number | undefined;
}

export function makeRequestMemories(): RequestMemories {
  const memories = new Map<string, RequestMemory>();
  return {
    of(uid, nowMs) {
      const known = memories.get(uid);
      if (known !== undefined) return known;
      const fresh: RequestMemory = {
        knownSinceMs: nowMs,
        ownArn: undefined,
        ownAuthorityArn: undefined,
        traces: {},
        issuedAtMs: undefined,
        fetchingSinceMs: undefined,
        looks: 0,
        fetchedAtMs: undefined,
        failures: 0,
        failureClass: undefined,
        missing: 0,
        missingSinceMs: undefined,
        unreadable: 0,
        ambiguousSinceMs: undefined,
        ambiguousTries: 0,
        ambiguousToken: undefined,
        hasCleanRefusal: false,
        refusedHints: new Set(),
        pause: undefined,
        epoch: 0,
        isOwnerTold: false,
      };
      memories.set(uid, fresh);
      return fresh;
    },
    get: (uid) => memories.get(uid),
    forget: (uid) => void memories.delete(uid),
    get size() {
      return memories.size;
    },
    get oldestSinceMs() {
      // The map keeps the order in which they came.
      const [oldest] = memories.values();
      return oldest?.knownSinceMs;
    },
  };
}

/** Nothing was ordered from the standing base, so it may move, unless an attempt is out whose answer was lost. */
export function letBaseMove(memory: RequestMemory): void {
  memory.hasCleanRefusal ||= memory.ambiguousSinceMs === undefined && memory.ownArn === undefined;
}

/** May AWS still know the token of an attempt whose answer was lost? */
export function isAmbiguous(memory: RequestMemory, nowMs: number): boolean {
  const { ambiguousSinceMs, ambiguousTries } = memory;
  return ambiguousSinceMs !== undefined && nowMs - ambiguousSinceMs <= ambiguousWindowMs && ambiguousTries <= ambiguousTriesAtMost;
}

/** The outcome that still waits, with what is left of its delay. More than all of it is left only where the clock was set back. */
export function pauseOf({ pause }: RequestMemory, nowMs: number): Pausing | undefined {
  if (pause === undefined) return undefined;
  const afterMs = pause.dueMs - nowMs;
  return afterMs > 0 && afterMs <= pause.outcome.afterMs ? { ...pause.outcome, afterMs } : undefined;
}

/** Counts a failure. @returns how many of its class came before it without a break. */
export function countFailure(memory: RequestMemory, failureClass: FailureClass): number {
  if (failureClass === 'ambiguous') return memory.ambiguousTries++;
  if (memory.failureClass !== failureClass) Object.assign(memory, { failureClass, failures: 0 });
  return memory.failures++;
}
