// The last results of a pure function, so that what comes again and again is read once.

/** Keeps at most `most` results; the one that was not asked for longest goes first. What throws is not kept. */
export class Recent<T> {
  readonly #most: number;
  readonly #results = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @param key everything that the result depends on. @param isKept whether a result is worth its place; all are where left out. */
  get(key: string, read: () => T, isKept: (result: T) => boolean = () => true): T {
    const known = this.#results.get(key);
    const result = known ?? read();
    if (known !== undefined) this.#results.delete(key);
    else if (!isKept(result)) return result;
    this.#results.set(key, result);
    const [oldest] = this.#results.keys();
    if (oldest !== undefined && this.#results.size > this.#most) this.#results.delete(oldest);
    return result;
  }
}
