// What time is it for certificates? The machine's time plus an offset that tests move.
// The Date header, SigV4 and session tokens stay on the machine's own time.

export class VirtualClock {
  readonly #machine: () => number;
  #offsetMs: number;

  constructor(machine: () => number = Date.now, offsetMs = 0) {
    this.#machine = machine;
    this.#offsetMs = offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The machine's time, in milliseconds since the epoch. */
  machineNow(): number {
    return this.#machine();
  }

  /** The time that validity, signing delay, idempotency and expiry go by, in milliseconds since the epoch. */
  now(): number {
    return this.#machine() + this.#offsetMs;
  }

  moveTo(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }
}
