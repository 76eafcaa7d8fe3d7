// Which fault strikes the next call? A queue: of the faults that fit and whose dice fall so, the oldest one that has strikes left.
import { diceOf, newSeed } from './dice.ts';
import type { FaultOrder } from './fault-kinds.ts';

export interface Fault extends FaultOrder {
  readonly id: number;
  /** Strikes left; -1: without end. */
  readonly left: number;
  /** Calls struck so far. */
  readonly struck: number;
  /** When it ends on the virtual clock, in milliseconds since the epoch; absent: it does not end by itself. */
  readonly endsAtMs?: number;
}

/** Absent members fit every fault. */
export interface FaultFilter {
  readonly id?: number;
  readonly operation?: string;
  readonly ca?: string;
}

interface Queued {
  fault: Fault;
  readonly throwDice: () => number;
}

export class FaultQueue {
  readonly #now: () => number;
  #queue: Queued[] = [];
  #nextId = 1;
  readonly #hanging = new Set<{ readonly fault: Fault; readonly letGo: () => void }>();

  /** @param now  the virtual clock, by which windows end */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(order: FaultOrder): Fault {
    const { probability, forMs, times = probability === undefined && forMs === undefined ? 1 : -1 } = order;
    const seed = order.seed ?? newSeed();
    const fault: Fault = {
      ...order,
      ...(probability === undefined ? {} : { seed }),
      ...(forMs === undefined ? {} : { endsAtMs: this.#now() + forMs }),
      id: this.#nextId,
      left: times === 'until-cleared' ? -1 : times,
      struck: 0,
    };
    this.#nextId += 1;
    this.#queue.push({ fault, throwDice: diceOf(seed) });
    return fault;
  }

  /** Takes one strike off the first fault that fits. */
  take(operation: string, ca: string | undefined): Fault | undefined {
    this.#forgetEnded();
    const meets = ({ fault, throwDice }: Queued): boolean =>
      (fault.operation === operation || fault.operation === '*') &&
      (fault.ca === undefined || fault.ca === ca) &&
      (fault.probability === undefined || throwDice() < fault.probability);
    const queued = this.#queue.find(meets);
    if (queued === undefined) return undefined;
    const { fault } = queued;
    queued.fault = { ...fault, struck: fault.struck + 1, left: fault.left < 0 ? fault.left : fault.left - 1 };
    if (queued.fault.left === 0) this.#queue = this.#queue.filter((one) => one !== queued);
    return fault;
  }

  list(): readonly Fault[] {
    this.#forgetEnded();
    return this.#queue.map(({ fault }) => fault);
  }

  /** Forgets the faults that fit (all of them without a filter) and lets the calls go that hang on them. */
  clear(filter: FaultFilter = {}): void {
    this.#queue = this.#queue.filter(({ fault }) => !fits(fault, filter));
    this.release(filter);
  }

  /** How many calls hang. */
  get hanging(): number {
    return this.#hanging.size;
  }

  /** Waits until the calls that hang on a fault are let go, or until the client has left. */
  async hold(fault: Fault, left: AbortSignal): Promise<'released' | 'left'> {
    if (left.aborted) return 'left';
    const { promise, resolve } = Promise.withResolvers<'released' | 'left'>();
    const hanging = { fault, letGo: () => resolve('released') };
    this.#hanging.add(hanging);
    left.addEventListener('abort', () => resolve('left'), { once: true });
    try {
      return await promise;
    } finally {
      this.#hanging.delete(hanging);
    }
  }

  /** Lets hanging calls go: they are carried out and answered now. Returns how many. */
  release(filter: FaultFilter = {}): number {
    const released = [...this.#hanging].filter(({ fault }) => fits(fault, filter));
    for (const { letGo } of released) letGo();
    return released.length;
  }

  #forgetEnded(): void {
    const now = this.#now();
    this.#queue = this.#queue.filter(({ fault: { endsAtMs = Infinity } }) => endsAtMs > now);
  }
}

function fits(fault: Fault, { id, operation, ca }: FaultFilter): boolean {
  return (id === undefined || fault.id === id) && (operation === undefined || fault.operation === operation) && (ca === undefined || fault.ca === ca);
}
