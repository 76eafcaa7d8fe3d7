// Whose turn is it under one issuer's limit of certificates per hour? First come, first served; CA requests go first.

const hourMs = 60 * 60_000;
/** Who has not asked for so long is gone; the queue looks at least every five minutes (runaway-guard.ts). */
const goneAfterMs = 10 * 60_000;
/** What was told stands so long after its time, lest a worker that is late makes the sentence change. */
const lateMs = 60_000;

export interface Asker {
  readonly uid: string;
  readonly isCA: boolean;
  /** Certificates in any hour. */
  readonly limit: number;
}

export interface Turn {
  /** What the request is told; the same from look to look. */
  readonly toldMs: number;
  /** The turn as things stand now. */
  readonly dueMs: number;
  /** Does it wait since this very look? */
  readonly isNew: boolean;
}

export interface HourlyLimit {
  /** Takes a place, which counts until it is given back or an hour after its certificate was made; or says when there will be one. */
  take(asker: Asker, nowMs: number): Turn | undefined;
  /** A place that was taken became a certificate. */
  fill(isCA: boolean, nowMs: number): void;
  giveBack(isCA: boolean): void;
  /** The request waits no longer. */
  leave(uid: string): void;
  /** Nothing to remember any more. */
  isIdle(nowMs: number): boolean;
  readonly waiting: number;
}

/** Places that only CA certificates get, so that a storm of leaves cannot keep a mesh's CA from being renewed. */
export function reserveOf(limit: number): number {
  return limit < 10 ? 0 : Math.min(5, Math.floor(limit / 10));
}

interface Waiting {
  readonly isCA: boolean;
  readonly limit: number;
  readonly toldMs: number;
  readonly askedMs: number;
}

export function makeHourlyLimit(): HourlyLimit {
  /** When the certificates of the last hour were made, oldest first; those of CAs once more. */
  let made: number[] = [];
  let madeForCAs: number[] = [];
  const open = { leaf: 0, ca: 0 };
  const line = new Map<string, Waiting>();

  const prune = (nowMs: number): void => {
    made = lastHour(made, nowMs);
    madeForCAs = lastHour(madeForCAs, nowMs);
    for (const [uid, { askedMs }] of line) if (nowMs - askedMs > goneAfterMs) line.delete(uid);
  };

  /** CA requests that wait are before every leaf. */
  const countAhead = ({ uid, isCA }: Asker): number => {
    let ahead = 0;
    let isPast = false;
    for (const [each, waiting] of line) {
      if (each === uid) isPast = true;
      else if (waiting.isCA ? !isCA || !isPast : !isCA && !isPast) ahead++;
    }
    return ahead;
  };

  /** When the n-th place from now falls free, if whoever is ahead takes each as soon as it does. */
  const freeAt = (n: number, nowMs: number): number => {
    const taken = made.length + open.leaf + open.ca;
    if (taken === 0) return nowMs + 1_000;
    return (made[(n - 1) % taken] ?? nowMs) + hourMs * (1 + Math.floor((n - 1) / taken));
  };

  return {
    take(asker, nowMs) {
      prune(nowMs);
      const { uid, isCA, limit } = asker;
      const known = line.get(uid);
      const kept = isCA ? 0 : Math.max(0, reserveOf(limit) - madeForCAs.length - open.ca);
      const wanting = made.length + open.leaf + open.ca + countAhead(asker) - (limit - kept);
      if (wanting < 0) {
        line.delete(uid);
        open[isCA ? 'ca' : 'leaf']++;
        return undefined;
      }
      const dueMs = freeAt(wanting + 1, nowMs);
      const stands = known?.limit === limit && nowMs < known.toldMs + lateMs;
      const toldMs = stands ? known.toldMs : dueMs;
      // Setting a key that a Map has keeps its place in the line.
      line.set(uid, { isCA, limit, toldMs, askedMs: nowMs });
      return { toldMs, dueMs, isNew: known === undefined };
    },
    fill(isCA, nowMs) {
      open[isCA ? 'ca' : 'leaf']--;
      made.push(nowMs);
      if (isCA) madeForCAs.push(nowMs);
    },
    giveBack: (isCA) => void open[isCA ? 'ca' : 'leaf']--,
    leave: (uid) => void line.delete(uid),
    isIdle(nowMs) {
      prune(nowMs);
      return made.length + open.leaf + open.ca + line.size === 0;
    },
    get waiting() {
      return line.size;
    },
  };
}

/** Where the clock was set back, what lies in the future counts as made now: the limit holds, and nobody waits for a day. */
function lastHour(instants: number[], nowMs: number): number[] {
  const first = instants.findIndex((each) => each > nowMs - hourMs);
  if (first < 0) return [];
  const recent = first === 0 ? instants : instants.slice(first);
  return (recent.at(-1) ?? 0) <= nowMs ? recent : recent.map((each) => Math.min(each, nowMs));
}
