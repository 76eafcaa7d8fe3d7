// The watches that are open now, and what can be done to them: speak in the API server's name, fall silent, break, end.
import type { ServerResponse } from 'node:http';
import type { Journal } from './journal.ts';

export type WatchTrouble =
  /** Writes a line, as if the API server had. */
  | { readonly kind: 'say'; readonly line: string }
  /** Half-open: the connection stays, nothing comes any more. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'end' };

interface OpenWatch {
  readonly resource: string;
  readonly response: ServerResponse;
  isSilent: boolean;
}

export class Watches {
  readonly #open = new Set<OpenWatch>();
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Passes lines on until either side ends. @param chunks the API server's answer, which is drained while the watch is silent. */
  async follow(resource: string, response: ServerResponse, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const watch: OpenWatch = { resource, response, isSilent: false };
    this.#open.add(watch);
    this.#journal.countWatch(resource, 1);
    response.once('close', () => this.#leave(watch));
    let rest = '';
    for await (const chunk of chunks) {
      // Whole lines only, so that a line may be said in between.
      const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      if (!watch.isSilent) for (const line of lines) response.write(`${line}\n`);
    }
    if (!watch.isSilent) response.end();
  }

  /** @returns how many watches it befell. */
  trouble(resource: string | undefined, trouble: WatchTrouble): number {
    const chosen = [...this.#open].filter((watch) => !watch.isSilent && (resource === undefined || watch.resource === resource));
    for (const watch of chosen) this.#strike(watch, trouble);
    return chosen.length;
  }

  #strike(watch: OpenWatch, trouble: WatchTrouble): void {
    switch (trouble.kind) {
      case 'say':
        return void watch.response.write(`${trouble.line}\n`);
      case 'silence':
        watch.isSilent = true;
        return this.#journal.countWatch(watch.resource, -1);
      case 'reset':
        return void watch.response.socket?.destroy();
      case 'end':
        return void watch.response.end();
    }
  }

  #leave(watch: OpenWatch): void {
    this.#open.delete(watch);
    if (!watch.isSilent) this.#journal.countWatch(watch.resource, -1);
  }
}
