// Which fault strikes the next call? A queue: of the faults that fit, the oldest one that has strikes left.
import type { FaultOrder } from './fault-kinds.ts';

export interface Fault extends FaultOrder {
  readonly id: number;
  /** Strikes left; -1: without end. */
  readonly left: number;
}

/** Absent members fit every fault. */
export interface FaultFilter {
  readonly id?: number;
  readonly operation?: string;
  readonly ca?: string;
}

export class FaultQueue {
  #faults: Fault[] = [];
  #nextId = 1;
  readonly #hanging = new Set<{ readonly fault: Fault; readonly letGo: () => void }>();

  add(order: FaultOrder): Fault {
    const { times = 1 } = order;
    const fault = { ...order, id: this.#nextId, left: times === 'until-cleared' ? -1 : times };
    this.#nextId += 1;
    this.#faults.push(fault);
    return fault;
  }

  /** Takes one strike off the first fault that fits. */
  take(operation: string, ca: string | undefined): Fault | undefined {
    const fault = this.#faults.find((one) => (one.operation === operation || one.operation === '*') && (one.ca === undefined || one.ca === ca));
    if (fault === undefined || fault.left < 0) return fault;
    const rest = { ...fault, left: fault.left - 1 };
    this.#faults = this.#faults.flatMap((one) => (one !== fault ? one : rest.left > 0 ? rest : []));
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Forgets the faults that fit (all of them without a filter) and lets the calls go that hang on them. */
  clear(filter: FaultFilter = {}): void {
    this.#faults = this.#faults.filter((one) => !fits(one, filter));
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
}

function fits(fault: Fault, { id, operation, ca }: FaultFilter): boolean {
  return (id === undefined || fault.id === id) && (operation === undefined || fault.operation === operation) && (ca === undefined || fault.ca === ca);
}
