// The proxy as functions: what scenarios order and read.
import type { ApiCall } from './api-call.ts';
import type { Act, FaultOrder } from './faults.ts';
import type { JournalEntry, View } from './journal.ts';
import type { WatchTrouble } from './watches.ts';

export type { Act, ApiCall, FaultOrder, JournalEntry, View, WatchTrouble };

export interface Hold {
  /** Resolves when a call is held. */
  readonly caught: Promise<void>;
  /** Lets it go, and holds no other. */
  release(): Promise<void>;
}

export interface ProxyClient {
  /** @returns the fault's number. */
  fault(order: FaultOrder): Promise<number>;
  /** Lifts one fault, or all. */
  lift(id?: number): Promise<void>;
  /** Holds the next call that fits: before the API server hears of it, or its answer. */
  hold(on: Partial<ApiCall>, what?: 'call' | 'answer'): Promise<Hold>;
  /** @returns how many open watches it befell; of one resource, or of all. */
  trouble(trouble: WatchTrouble, resource?: string): Promise<number>;
  /** 0: as long as asked for. */
  pageSize(most: number): Promise<void>;
  view(since?: number): Promise<View>;
  /**
   * Waits, by long-polling, until what the proxy knows fits; entries are those after `since`.
   * @throws Error with the last view when it has not come within the timeout.
   */
  until(fits: (view: View) => boolean, options: { readonly what: string; readonly since?: number; readonly timeoutMs?: number }): Promise<View>;
}

export function connectProxy(url: string): ProxyClient {
  const view = (since = 0): Promise<View> => ask('GET', `${url}/state?since=${since}`);

  const until: ProxyClient['until'] = async (fits, { what, since = 0, timeoutMs = 120_000 }) => {
    const deadline = Date.now() + timeoutMs;
    for (let now = await view(since); ; ) {
      if (fits(now)) return now;
      const restMs = deadline - Date.now();
      if (restMs <= 0) throw new Error(`waited ${timeoutMs / 1_000} s for ${what}; the proxy knows ${JSON.stringify({ ...now, entries: now.entries.slice(-10) })}`);
      await ask('GET', `${url}/state?since=${now.lastSeq}&wait=${restMs}`);
      now = await view(since);
    }
  };

  const fault = async (order: FaultOrder): Promise<number> => (await ask<{ id: number }>('POST', `${url}/faults`, order)).id;
  const lift = async (id?: number): Promise<void> => void (await ask('DELETE', `${url}/faults${id === undefined ? '' : `?id=${id}`}`));

  return {
    view,
    until,
    fault,
    lift,
    async hold(on, what = 'call') {
      const id = await fault({ on, act: { kind: 'hold', what } });
      const caught = until(({ held }) => held.includes(id), { what: `a call to hold: ${JSON.stringify(on)}` }).then(() => undefined);
      // Who never asks whether it was caught need not hear that it was not.
      caught.catch(() => undefined);
      return { caught, release: () => lift(id) };
    },
    async trouble(trouble, resource) {
      const query = resource === undefined ? '' : `?resource=${resource}`;
      return (await ask<{ struck: number }>('POST', `${url}/watches${query}`, trouble)).struck;
    },
    pageSize: async (most) => void (await ask('POST', `${url}/page-size?is=${most}`)),
  };
}

async function ask<Answer>(method: string, url: string, body?: object): Promise<Answer> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
