// How long is a state waited for, and what is said when it does not come?
import { setTimeout as delay } from 'node:timers/promises';
import { describeState, type ApiObject } from './objects.ts';
import type { PathOf, Where } from './resource-paths.ts';
import type { Transport } from './transport.ts';
import { follow, type Change } from './watch.ts';

export interface WaitOptions {
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** the end of the sentence `waited 10 s for …`; made from kind and name when left out */
  readonly what?: string | undefined;
}

/** What is known of the collection when something happened: the change, and all that exists now. */
export interface Sight {
  /** undefined when the first look at the collection is complete, or when the change is a deletion */
  readonly object: ApiObject | undefined;
  readonly present: ReadonlyMap<string, ApiObject>;
}

export type Wait = <T>(where: Where, options: WaitOptions, judge: (sight: Sight) => T | undefined) => Promise<T>;

/** A limit that only ends what hangs: it costs nothing where all is well, however slow the machine is. */
const hangMs = 120_000;
/** How long an unreachable or refusing server is tried again before its error is the answer: one that starts refuses for a while. */
const patienceMs = 30_000;

/** @param closed  aborts every wait when the connection is closed */
export function makeWait(transport: Transport, pathOf: PathOf, closed: AbortSignal): Wait {
  return async (where, options, judge) => {
    const { timeoutMs = hangMs, what = [where.kind, where.name].filter(Boolean).join(' '), labelSelector } = options;
    const { name, ...collection } = where;
    const path = await pathOf(name === undefined ? collection : { ...collection, namespace: where.namespace ?? 'default' });
    const byName = name === undefined ? undefined : `metadata.name=${name}`;
    const fieldSelector = [options.fieldSelector, byName].filter(Boolean).join(',') || undefined;
    const late = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([closed, late]);
    const present = new Map<string, ApiObject>();
    let failingSince: number | undefined;
    while (true) {
      try {
        for await (const change of follow(transport, { path, fieldSelector, labelSelector, signal })) {
          failingSince = undefined;
          const result = judge({ object: note(present, change), present });
          if (result !== undefined) return result;
        }
      } catch (error) {
        if (late.aborted) throw new Error(`waited ${timeoutMs / 1000} s for ${what}; last seen: ${describeAll(present, name)}`, { cause: error });
        failingSince ??= Date.now();
        if (closed.aborted || Date.now() - failingSince > patienceMs) throw error;
        await delay(100);
      }
    }
  };
}

function note(present: Map<string, ApiObject>, change: Change | 'listed'): ApiObject | undefined {
  if (change === 'listed') return undefined;
  if (change.object === undefined) present.delete(change.key);
  else present.set(change.key, change.object);
  return change.object;
}

function describeAll(present: ReadonlyMap<string, ApiObject>, name: string | undefined): string {
  if (name !== undefined || present.size === 0) return describeState(present.values().next().value);
  return [...present.values()].map((object) => `${object.metadata.name}: ${describeState(object)}`).join(' | ');
}
