// A keyed collection whose every change is told to a log, so that it can be read back.

export type Change = readonly [table: string, key: string, value: unknown];

export class Table<Row> {
  readonly name: string;
  readonly #rows = new Map<string, Row>();
  readonly #tell: (change: Change) => void;

  constructor(name: string, tell: (change: Change) => void) {
    this.name = name;
    this.#tell = tell;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  values(): Row[] {
    return [...this.#rows.values()];
  }

  entries(): (readonly [string, Row])[] {
    return [...this.#rows.entries()];
  }

  put(key: string, row: Row): void {
    this.#rows.set(key, row);
    this.#tell([this.name, key, row]);
  }

  delete(key: string): void {
    if (this.#rows.delete(key)) this.#tell([this.name, key, null]);
  }

  clear(): void {
    for (const key of this.#rows.keys()) this.delete(key);
  }

  /** Takes a row from the log without telling the log again. */
  restore(key: string, row: Row | null): void {
    if (row === null) this.#rows.delete(key);
    else this.#rows.set(key, row);
  }
}
