// Who waits for what, and when is it tried again? Requests whose calls would fail alike wait together, and one of them tries
// (docs/architecture.md, invariant 6).
import type { Failure } from '../domain/failure.ts';
import { describeIssuer, type IssuerKey } from '../domain/issuer.ts';
import { certainAfterOutages, scopeOfFailure, scopesOf, type CallFacts, type ParkCause, type Scope } from '../domain/parking-scope.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';

export interface ParkingOptions {
  readonly clock: Clock;
  /** Has the request looked at again now. */
  readonly wake: (key: string) => void;
  /** Requests wait for this issuer's sake: a check of it may tell more, and sooner. */
  readonly recheck: (issuer: IssuerKey) => void;
  readonly metrics: Pick<Metrics, 'sample'>;
}

export interface Trouble {
  readonly failure: Failure;
  /** The failure as a sentence. */
  readonly message: string;
  /** false: the request repeats its call whatever others do (docs/architecture.md, invariant 3). */
  readonly mayWait: boolean;
}

export interface Parking {
  /** @returns the sentence that says what the request waits for, or undefined: it may call. */
  ask(call: CallFacts, key: string): string | undefined;
  /** The call succeeded. */
  passed(call: CallFacts, key: string): void;
  /**
   * The call failed.
   * @returns the sentence that says what the request waits for from now on, or undefined: it does not wait here.
   */
  failed(call: CallFacts, key: string, trouble: Trouble): string | undefined;
  /** The request is finished or gone. */
  leave(key: string): void;
  /** The issuer was checked and something about it has changed, so that calls may pass now. */
  release(issuer: IssuerKey, authorityArn: string): void;
  /** How many wait. */
  readonly size: number;
}

/** Failures in a row that have the same cause. */
interface Doubt {
  readonly sinceMs: number;
  lastMs: number;
  failures: number;
  /** As a sentence, from the last one. */
  message: string;
}

interface Lot extends Scope {
  readonly issuer: string;
  readonly authorityArn: string;
  readonly doubt: Doubt;
  /** Every request that waits, in the order in which they try. */
  readonly waiting: Set<string>;
  /** The one that tries now. */
  probe: string | undefined;
  timer: Timer | undefined;
}

/** A trouble is tried again after a tenth of its age, so that it is over for us at most so much later than for AWS. */
const shareOfAge = 0.1;
const soonestMs = 1_000;
const latestMs = 5 * 60_000;
/** A probe that did not call until then has other things to wait for; another one tries. */
const probeMs = 15_000;
/** A failure that is older tells nothing about a call that is made now. */
const freshMs = 60_000;

export function makeParking({ clock, wake, recheck, metrics }: ParkingOptions): Parking {
  const lots = new Map<string, Lot>();
  const homes = new Map<string, Lot>();
  const doubts = new Map<string, Doubt>();

  metrics.sample('pca_issuer_parked_requests', () => {
    const byCause = new Map<ParkCause, number>([['credentials', 0], ['permission', 0], ['authority', 0], ['network', 0]]);
    for (const { cause, waiting } of lots.values()) byCause.set(cause, (byCause.get(cause) ?? 0) + waiting.size);
    return [...byCause].map(([cause, value]) => ({ labels: { cause }, value }));
  });

  function join(lot: Lot, key: string): string {
    if (homes.get(key) !== lot) leave(key);
    homes.set(key, lot);
    lot.waiting.add(key);
    if (lot.timer === undefined) plan(lot);
    const since = new Date(lot.doubt.sinceMs).toISOString();
    return `${lot.doubt.message}. This has been so since ${since}; requests that need the same wait together, and one of them tries again every now and then`;
  }

  function leave(key: string): void {
    const lot = homes.get(key);
    if (lot === undefined) return;
    homes.delete(key);
    lot.waiting.delete(key);
    if (lot.waiting.size === 0) close(lot);
    else if (lot.probe === key) plan(lot);
  }

  function close(lot: Lot): void {
    lot.timer?.cancel();
    if (lots.get(lot.name) === lot) lots.delete(lot.name);
  }

  /** The trouble is over: everybody goes on, at the pace that the rate limits allow. */
  function open(lot: Lot): void {
    close(lot);
    for (const key of lot.waiting) {
      homes.delete(key);
      wake(key);
    }
  }

  function plan(lot: Lot): void {
    lot.probe = undefined;
    lot.timer?.cancel();
    const ageMs = Math.max(0, clock.now() - lot.doubt.sinceMs);
    const delayMs = Math.min(latestMs, Math.max(soonestMs, ageMs * shareOfAge)) * (0.9 + clock.random() / 5);
    lot.timer = clock.after(delayMs, () => probe(lot));
  }

  function probe(lot: Lot): void {
    const [key] = lot.waiting;
    if (key === undefined) return;
    // Another one next time.
    lot.waiting.delete(key);
    lot.waiting.add(key);
    lot.probe = key;
    lot.timer = clock.after(probeMs, () => plan(lot));
    wake(key);
  }

  /** The lot of a trouble that is certain; one is made where it still goes on. */
  function lotOf(call: CallFacts, scope: Scope, certainAfter: number): Lot | undefined {
    const known = lots.get(scope.name);
    const doubt = doubts.get(scope.name);
    if (known !== undefined || doubt === undefined || doubt.failures < certainAfter || clock.now() - doubt.lastMs > freshMs) return known;
    const lot: Lot = { ...scope, issuer: describeIssuer(call.issuer), authorityArn: call.authorityArn, doubt, waiting: new Set(), probe: undefined, timer: undefined };
    lots.set(scope.name, lot);
    return lot;
  }

  function doubtOf(scope: Scope, message: string): Doubt {
    const nowMs = clock.now();
    const former = doubts.get(scope.name);
    const isSame = former !== undefined && (lots.has(scope.name) || nowMs - former.lastMs <= freshMs);
    const doubt = isSame ? former : { sinceMs: nowMs, lastMs: nowMs, failures: 0, message };
    Object.assign(doubt, { lastMs: nowMs, failures: doubt.failures + 1, message });
    for (const [name, { lastMs }] of doubts) if (nowMs - lastMs > freshMs && !lots.has(name)) doubts.delete(name);
    doubts.set(scope.name, doubt);
    return doubt;
  }

  /** These are well. */
  function clear(scopes: readonly Scope[]): void {
    for (const { name } of scopes) {
      doubts.delete(name);
      const lot = lots.get(name);
      if (lot !== undefined) open(lot);
    }
  }

  return {
    ask(call, key) {
      for (const scope of scopesOf(call)) {
        const lot = lotOf(call, scope, certainAfterOutages);
        if (lot !== undefined && lot.probe !== key) return join(lot, key);
      }
      return undefined;
    },
    passed(call, key) {
      leave(key);
      clear(scopesOf(call));
    },
    failed(call, key, { failure, message, mayWait }) {
      const scope = scopeOfFailure(call, failure);
      if (scope === undefined || homes.get(key)?.name !== scope.name) leave(key);
      // What tells of this one request only proves nothing about others.
      if (scope === undefined) return undefined;
      clear(provenBy(call, scope));
      doubtOf(scope, message);
      const isNew = !lots.has(scope.name);
      const lot = mayWait ? lotOf(call, scope, scope.certainAfter) : lots.get(scope.name);
      if (lot === undefined) return undefined;
      if (isNew && (scope.cause === 'credentials' || scope.cause === 'authority')) recheck(call.issuer);
      if (lot.probe === key) plan(lot);
      return mayWait ? join(lot, key) : undefined;
    },
    leave,
    release(issuer, authorityArn) {
      const name = describeIssuer(issuer);
      for (const lot of lots.values()) if (lot.issuer === name || lot.authorityArn === authorityArn) open(lot);
    },
    get size() {
      return homes.size;
    },
  };
}

/** What must have been well for the call to come so far. */
function provenBy(call: CallFacts, { name }: Scope): readonly Scope[] {
  const scopes = scopesOf(call);
  return scopes.slice(0, scopes.findIndex((each) => each.name === name));
}
