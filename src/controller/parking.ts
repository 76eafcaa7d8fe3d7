// Who waits for what, and when is it tried again? Requests whose calls would fail alike wait together, and one of them tries
// (docs/architecture.md, invariant 6).
import type { Failure } from '../domain/failure.ts';
import { describeIssuer, type IssuerKey } from '../domain/issuer.ts';
import { certainAfterOutages, scopeOfFailure, scopesOf, type CallFacts, type Scope } from '../domain/parking-scope.ts';
import type { ParkCause } from '../domain/outcome.ts';
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
  /** The failure as a sentence that fits every call of the same operation of the same CA. */
  readonly message: string;
  /** false: the request repeats its call whatever others do (docs/architecture.md, invariant 3). */
  readonly mayWait: boolean;
}

export interface Waits {
  /** The sentence that says it. */
  readonly message: string;
  readonly cause: ParkCause;
}

export interface Parking {
  /** @returns what the request waits for, or undefined: it may call. */
  ask(call: CallFacts, key: string): Waits | undefined;
  /** The call succeeded. */
  passed(call: CallFacts, key: string): void;
  /**
   * The call failed.
   * @returns what the request waits for from now on, or undefined: it does not wait here.
   */
  failed(call: CallFacts, key: string, trouble: Trouble): Waits | undefined;
  /** Is it the one that tries for others? */
  isProbe(key: string): boolean;
  /** The one that tries is about to call, or waits for its turn to. */
  probing(key: string, isQueued: boolean): void;
  /** The request is finished or gone. */
  leave(key: string): void;
  /** The issuer was checked and something about it has changed, so that calls may pass now. */
  release(issuer: IssuerKey, authorityArn: string): void;
  /** How many wait. */
  readonly size: number;
}

/** Failures in a row that have the same cause. */
interface Doubt {
  readonly issuer: string;
  readonly authorityArn: string;
  readonly sinceMs: number;
  lastMs: number;
  failures: number;
  /** The first one as a sentence, which stays. */
  readonly message: string;
  /** A refusal is certain at once, an outage is not. */
  readonly isRefusal: boolean;
  /** Who has failed; two are enough to know that it is not one request's own fault. */
  readonly witnesses: Set<string>;
}

interface Lot extends Scope {
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
/** A probe that was not heard of until then has other things to wait for; another one tries. */
const probeMs = 15_000;
/** So long a call may take, credentials and a second attempt included; and so long a turn may be waited for. */
const callMs = 60_000;
const turnMs = 10 * 60_000;
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

  function join(lot: Lot, key: string): Waits {
    if (homes.get(key) !== lot) leave(key);
    homes.set(key, lot);
    lot.waiting.add(key);
    if (lot.timer === undefined) plan(lot);
    const since = new Date(lot.doubt.sinceMs).toISOString();
    const message = `${lot.doubt.message}. This has been so since ${since}; requests that need the same wait together, and one of them tries again every now and then`;
    return { message, cause: lot.cause };
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
  function lotOf(scope: Scope, key: string, certainAfter: number): Lot | undefined {
    const known = lots.get(scope.name);
    const doubt = doubts.get(scope.name);
    if (known !== undefined || doubt === undefined || !isMeant(doubt, key)) return known;
    if (doubt.failures < certainAfter || clock.now() - doubt.lastMs > freshMs) return undefined;
    const lot: Lot = { ...scope, doubt, waiting: new Set(), probe: undefined, timer: undefined };
    lots.set(scope.name, lot);
    return lot;
  }

  function note(call: CallFacts, key: string, scope: Scope & { readonly certainAfter: number }, { failure, message }: Trouble): void {
    const nowMs = clock.now();
    const former = doubts.get(scope.name);
    const isSame = former !== undefined && (lots.has(scope.name) || nowMs - former.lastMs <= freshMs);
    const sentence = scope.spansAuthorities ? `failed to request certificate from PCA: ${scope.name}: ${failure.code}: ${failure.message}` : message;
    const fresh = { issuer: describeIssuer(call.issuer), authorityArn: call.authorityArn, sinceMs: nowMs, lastMs: nowMs, failures: 0, message: sentence, isRefusal: scope.certainAfter === 1, witnesses: new Set<string>() };
    const doubt = isSame ? former : fresh;
    Object.assign(doubt, { lastMs: nowMs, failures: doubt.failures + 1 });
    if (doubt.witnesses.size < 2) doubt.witnesses.add(key);
    for (const [name, { lastMs }] of doubts) if (nowMs - lastMs > freshMs && !lots.has(name)) doubts.delete(name);
    doubts.set(scope.name, doubt);
  }

  /** These are well. */
  function clear(names: readonly string[]): void {
    for (const name of names) {
      doubts.delete(name);
      const lot = lots.get(name);
      if (lot !== undefined) open(lot);
    }
  }

  return {
    ask(call, key) {
      for (const scope of scopesOf(call)) {
        const lot = lotOf(scope, key, certainAfterOutages);
        if (lot === undefined) continue;
        // It calls, whatever others have met further on: two lots would hand their probes to each other for ever.
        if (lot.probe === key) return undefined;
        if (isMeant(lot.doubt, key)) return join(lot, key);
      }
      return undefined;
    },
    passed(call, key) {
      leave(key);
      clear(scopesOf(call).map(({ name }) => name));
    },
    failed(call, key, trouble) {
      const { failure, mayWait } = trouble;
      const scope = scopeOfFailure(call, failure);
      if (scope === undefined || homes.get(key)?.name !== scope.name) leave(key);
      // What tells of this one request only proves nothing about others.
      if (scope === undefined) return undefined;
      clear(provenBy(call, scope));
      note(call, key, scope, trouble);
      const isNew = !lots.has(scope.name);
      const lot = mayWait ? lotOf(scope, key, scope.certainAfter) : lots.get(scope.name);
      if (lot === undefined) return undefined;
      if (isNew && (scope.cause === 'credentials' || scope.cause === 'authority')) recheck(call.issuer);
      if (lot.probe === key) plan(lot);
      return mayWait ? join(lot, key) : undefined;
    },
    isProbe: (key) => homes.get(key)?.probe === key,
    probing(key, isQueued) {
      const lot = homes.get(key);
      if (lot?.probe !== key) return;
      lot.timer?.cancel();
      lot.timer = clock.after(isQueued ? turnMs : callMs, () => plan(lot));
    },
    leave,
    release(issuer, authorityArn) {
      const name = describeIssuer(issuer);
      clear([...doubts].filter(([, doubt]) => doubt.issuer === name || doubt.authorityArn === authorityArn).map(([scope]) => scope));
    },
    get size() {
      return homes.size;
    },
  };
}

/** Does it concern this request? What only another one has met may be that one's own fault. */
function isMeant({ isRefusal, witnesses }: Doubt, key: string): boolean {
  return isRefusal || witnesses.size > 1 || witnesses.has(key);
}

/** What must have been well for the call to come so far. */
function provenBy(call: CallFacts, { name }: Scope): readonly string[] {
  const names = scopesOf(call).map((each) => each.name);
  return names.slice(0, names.indexOf(name));
}
