// Which of several processes may act? The one that holds a lease which all can see, and that stops believing in it in time.
import { pause, type Clock } from './clock.ts';
import type { Logger } from './ports.ts';

/** May this process act now? Asked synchronously, in the last step before a socket. */
export interface Permit {
  holds(): boolean;
}

export interface LeaseRecord {
  /** Empty: nobody holds it, and anybody may take it at once. */
  readonly holder: string;
  readonly durationMs: number;
  /** Epoch milliseconds of the writer's clock; for people, never compared with ours. */
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  /** How often the holder changed. */
  readonly transitions: number;
}

export interface SeenLease extends LeaseRecord {
  /** Changes with every write. */
  readonly version: string;
}

export type LeaseAnswer =
  | { readonly kind: 'seen'; readonly lease: SeenLease }
  | { readonly kind: 'absent' }
  /** Somebody else wrote first. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly cause: string };

export interface LeaseStore {
  /** Names the lease for people: `namespace/name`. */
  readonly name: string;
  /** Answers within `timeoutMs`, or when `signal` aborts. */
  read(timeoutMs: number, signal: AbortSignal): Promise<LeaseAnswer>;
  /** Replaces exactly the version of `over`; undefined: creates it. Answers as `read` does; never 'absent'. */
  write(record: LeaseRecord, over: SeenLease | undefined, timeoutMs: number, signal: AbortSignal): Promise<LeaseAnswer>;
}

/** Those of controller-runtime. */
export const leaseMs = 15_000;
export const renewDeadlineMs = 10_000;
export const retryMs = 2_000;
const answerMs = 5_000;
const releaseMs = 1_000;

export interface ElectorOptions {
  readonly store: LeaseStore;
  /** Of this process alone: a restart has another one. */
  readonly identity: string;
  readonly clock: Clock;
  /** Milliseconds that never jump: what expiry is judged by. */
  readonly monotonicMs: () => number;
  readonly logger: Logger;
}

interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * Modelled on client-go: writes are guarded by the version, and a lease has expired when it was not seen to change for
 * its duration on our own clock. We believe in ours for 10 s from before the last renewal was sent, others wait for 15 s
 * after they saw it, so that clocks may run half as fast again without two believing at once.
 */
export class LeaderElector implements Permit {
  readonly #options: ElectorOptions;
  #seen: SeenLease | undefined;
  #seenAtMs = 0;
  #renewed: Instant | undefined;
  #told = '';

  constructor(options: ElectorOptions) {
    this.#options = options;
  }

  /** A suspended machine stops the one clock, a wrong one is set back: whichever says that more time has passed is believed. */
  holds(): boolean {
    return this.#renewed !== undefined && this.#restMs(this.#renewed) > 0;
  }

  /** Waits until this process leads. @returns false once `signal` aborts. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const waitMs = await this.#tryToTake(signal);
      if (this.holds()) return true;
      await pause(this.#options.clock, waitMs, signal);
    }
    return false;
  }

  /** Keeps the lease. @returns 'stopped' once `signal` aborts; 'lost' as soon as it is not ours any more. */
  async renew(signal: AbortSignal): Promise<'stopped' | 'lost'> {
    while (!signal.aborted) {
      await pause(this.#options.clock, retryMs, signal);
      // After a pause of the whole process this comes before anything is sent.
      if (!this.holds()) return 'lost';
      if (signal.aborted) break;
      await this.#renewOnce(signal);
      if (!this.holds()) return 'lost';
    }
    return 'stopped';
  }

  /** Lets others take over at once. Only when nothing of ours is under way any more, and after `renew` has ended. */
  async release(): Promise<void> {
    if (!this.holds()) return;
    this.#renewed = undefined;
    const { signal } = new AbortController();
    for (let tries = 0; tries < 2 && this.#seen?.holder === this.#options.identity; tries++) {
      const { version: _, ...record } = this.#seen;
      const free = { ...record, holder: '', durationMs: releaseMs, renewedAtMs: this.#options.clock.now() };
      const answer = await this.#options.store.write(free, this.#seen, releaseMs, signal);
      if (answer.kind === 'seen') return this.#options.logger.info(`the lease ${this.#options.store.name} is released`);
      // The answer to a renewal may have been lost.
      if (answer.kind !== 'conflict') return;
      this.#observe(await this.#options.store.read(releaseMs, signal));
    }
  }

  /** @returns how long until the next try. */
  async #tryToTake(signal: AbortSignal): Promise<number> {
    const { store, identity, clock } = this.#options;
    const answer = await store.read(answerMs, signal);
    if (answer.kind === 'failed') {
      this.#tell(`the lease ${store.name} cannot be read: ${answer.cause}`);
      return retryMs;
    }
    this.#observe(answer);
    // One that was deleted under its holder is waited for as well.
    const waitMs = this.#seen === undefined || this.#seen.holder === '' || this.#seen.holder === identity ? 0 : this.#expiresInMs(this.#seen);
    if (waitMs > 0) {
      this.#tell(`standing by: ${this.#seen?.holder} leads`);
      // Not a moment later than it may be taken.
      return Math.min(waitMs, retryMs * (0.9 + clock.random() / 10));
    }
    await this.#write(answer.kind === 'seen' ? answer.lease : undefined, answerMs, signal);
    if (this.holds()) this.#tell(`this process leads: it holds the lease ${store.name} as ${identity}`);
    return retryMs * (0.9 + clock.random() / 10);
  }

  async #renewOnce(signal: AbortSignal): Promise<void> {
    const { store, identity } = this.#options;
    const answered = await this.#write(this.#seen, this.#timeoutMs(), signal);
    if (answered.kind === 'seen' || !this.holds()) return;
    const read = answered.kind === 'conflict' ? await store.read(this.#timeoutMs(), signal) : answered;
    if (read.kind === 'failed') return this.#tell(`the lease ${store.name} could not be renewed: ${read.cause}`);
    if (read.kind === 'absent') return void (await this.#write(undefined, this.#timeoutMs(), signal));
    this.#observe(read);
    if (this.#seen?.holder === identity) await this.#write(this.#seen, this.#timeoutMs(), signal);
    else this.#renewed = undefined;
  }

  async #write(over: SeenLease | undefined, timeoutMs: number, signal: AbortSignal): Promise<LeaseAnswer> {
    const { store, identity, clock } = this.#options;
    const begun = this.#now();
    const isOurs = over?.holder === identity;
    const record: LeaseRecord = {
      holder: identity,
      durationMs: leaseMs,
      acquiredAtMs: isOurs ? over.acquiredAtMs : clock.now(),
      renewedAtMs: clock.now(),
      transitions: over === undefined ? 0 : over.transitions + (isOurs ? 0 : 1),
    };
    const answer = await store.write(record, over, timeoutMs, signal);
    this.#observe(answer);
    if (answer.kind === 'seen') this.#renewed = begun;
    return answer;
  }

  #observe(answer: LeaseAnswer): void {
    if (answer.kind !== 'seen' || answer.lease.version === this.#seen?.version) return;
    this.#seen = answer.lease;
    this.#seenAtMs = this.#options.monotonicMs();
  }

  #expiresInMs({ durationMs }: SeenLease): number {
    return this.#seenAtMs + durationMs - this.#options.monotonicMs();
  }

  #restMs({ monotonicMs, wallMs }: Instant): number {
    const now = this.#now();
    return renewDeadlineMs - Math.max(now.monotonicMs - monotonicMs, now.wallMs - wallMs);
  }

  /** A question must be over when we stop believing. */
  #timeoutMs(): number {
    return this.#renewed === undefined ? 1 : Math.max(1, Math.min(answerMs, this.#restMs(this.#renewed)));
  }

  #now(): Instant {
    return { monotonicMs: this.#options.monotonicMs(), wallMs: this.#options.clock.now() };
  }

  /** Says a thing once, however often it is tried. */
  #tell(message: string): void {
    if (message !== this.#told) this.#options.logger.info(message);
    this.#told = message;
  }
}
