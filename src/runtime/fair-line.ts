// Who is next, where several parties wait? One key of each lane in turn, so that a long lane keeps no other waiting.

export interface Place {
  /** Keys of one lane wait for each other; lanes do not. */
  readonly lane: string;
  /** Within the lane: 0 goes before 1, and so on; first come, first served among equals. */
  readonly rank: number;
}

export class FairLine {
  /** In the order in which their turn comes; a lane that nobody waits in is absent. */
  readonly #lanes = new Map<string, Map<number, Set<string>>>();
  readonly #places = new Map<string, Place>();

  get size(): number {
    return this.#places.size;
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** Puts the key at the end of its rank; one that waits already keeps its place. */
  push(key: string, place: Place): void {
    if (this.#places.has(key)) return;
    const lane = this.#lanes.get(place.lane) ?? new Map<number, Set<string>>();
    const rank = lane.get(place.rank) ?? new Set();
    this.#lanes.set(place.lane, lane.set(place.rank, rank.add(key)));
    this.#places.set(key, place);
  }

  /** @param mayGo whether a lane may have its turn now. @returns the next key, which waits no longer, and its lane. */
  take(mayGo: (lane: string) => boolean = () => true): { readonly key: string; readonly lane: string } | undefined {
    for (const [lane, ranks] of this.#lanes) {
      if (!mayGo(lane)) continue;
      const [key] = ranks.get(Math.min(...ranks.keys())) ?? [];
      if (key === undefined) continue;
      this.remove(key);
      // The others come first now.
      const rest = this.#lanes.get(lane);
      if (rest !== undefined && this.#lanes.delete(lane)) this.#lanes.set(lane, rest);
      return { key, lane };
    }
    return undefined;
  }

  /** @returns whether it waited. */
  remove(key: string): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#places.delete(key);
    const lane = this.#lanes.get(place.lane);
    const rank = lane?.get(place.rank);
    rank?.delete(key);
    if (rank?.size === 0) lane?.delete(place.rank);
    if (lane?.size === 0) this.#lanes.delete(place.lane);
    return true;
  }
}
