// For tests: one lease, and processes around it whose clocks run wrong, that are suspended, killed and cut off.
import type { Clock } from './clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { LeaderElector, type LeaseAnswer, type LeaseRecord, type LeaseStore, type SeenLease } from './leader.ts';
import type { Logger } from './ports.ts';

export interface FakeLease {
  /** undefined: it was deleted. */
  current: SeenLease | undefined;
  read(): LeaseAnswer;
  write(record: LeaseRecord, over: SeenLease | undefined): LeaseAnswer;
}

export function makeFakeLease(): FakeLease {
  let versions = 0;
  return {
    current: undefined,
    read() {
      return this.current === undefined ? { kind: 'absent' } : { kind: 'seen', lease: this.current };
    },
    write(record, over) {
      if (this.current?.version !== over?.version) return { kind: 'conflict' };
      this.current = { ...record, version: String(++versions) };
      return { kind: 'seen', lease: this.current };
    },
  };
}

export interface ProcessOptions {
  readonly identity: string;
  /** True time. */
  readonly time: FakeClock;
  readonly lease: FakeLease;
  /** How fast its clocks run; 1 is right. */
  readonly rate?: number;
  /** One way, in true milliseconds. */
  readonly latencyMs?: () => number;
}

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };

export interface FakeProcess {
  readonly elector: LeaderElector;
  /** Nothing of it runs while suspended; what came meanwhile runs afterwards. */
  suspend(): void;
  resume(): void;
  /** Questions go unanswered until they time out; what was sent before still arrives. */
  cutOff(isCut: boolean): void;
  /** The next answers are lost after the lease was written. */
  loseAnswers(count: number): void;
  /** Sets its wall clock, as an administrator or NTP may. */
  setWall(byMs: number): void;
  kill(): void;
  /** Leads whenever it can, from now on. @returns resolves when it has lost the lease or was told to stop. */
  lead(signal: AbortSignal): Promise<'stopped' | 'lost'>;
}

export function makeFakeProcess({ identity, time, lease, rate = 1, latencyMs = () => 5 }: ProcessOptions): FakeProcess {
  let isSuspended = false;
  let isDead = false;
  let isCut = false;
  let lost = 0;
  let wallMs = 0;
  const waiting: (() => void)[] = [];

  const enter = (run: () => void): void => {
    if (isDead) return;
    if (isSuspended) waiting.push(run);
    else run();
  };
  const local = (): number => time.now() * rate;
  const clock: Clock = {
    now: () => local() + wallMs,
    random: () => time.random(),
    after: (delayMs, run) => time.after(delayMs / rate, () => enter(run)),
  };

  const ask = (serve: () => LeaseAnswer, timeoutMs: number, signal: AbortSignal): Promise<LeaseAnswer> =>
    new Promise((resolve) => {
      const answer = (given: LeaseAnswer): void => {
        timer.cancel();
        resolve(given);
      };
      const timer = clock.after(timeoutMs, () => resolve({ kind: 'failed', cause: 'no answer in time' }));
      signal.addEventListener('abort', () => answer({ kind: 'failed', cause: 'aborted' }), { once: true });
      if (isCut) return;
      time.after(latencyMs(), () => {
        const given = serve();
        if (lost > 0) return void lost--;
        time.after(latencyMs(), () => enter(() => answer(given)));
      });
    });

  const store: LeaseStore = {
    name: 'test/lease',
    read: (timeoutMs, signal) => ask(() => lease.read(), timeoutMs, signal),
    write: (record, over, timeoutMs, signal) => ask(() => lease.write(record, over), timeoutMs, signal),
  };
  const elector = new LeaderElector({ store, identity, clock, monotonicMs: local, logger });

  return {
    elector,
    suspend: () => void (isSuspended = true),
    resume() {
      isSuspended = false;
      for (const run of waiting.splice(0)) run();
    },
    cutOff: (is) => void (isCut = is),
    loseAnswers: (count) => void (lost = count),
    setWall: (byMs) => void (wallMs += byMs),
    kill: () => void (isDead = true),
    lead: async (signal) => ((await elector.acquire(signal)) ? elector.renew(signal) : 'stopped'),
  };
}
