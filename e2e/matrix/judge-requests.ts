// How did the requests end, and is every byte of those that were issued right?
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { readyOf } from '../harness/scenario.ts';
import type { Seen } from './follow-requests.ts';
import { refusedByGo, wrongBytes, type TrueChain } from './issued-bytes.ts';
import type { RequestOrder } from './request-orders.ts';

export interface Judgement {
  readonly issued: number;
  readonly failed: number;
  /** Neither Issued nor Failed when the time was up. */
  readonly pending: number;
  /** What is wrong with the bytes of those that are wrong. */
  readonly wrong: readonly string[];
  /** The message of the first request that Failed. */
  readonly complaint: string | undefined;
}

/**
 * Every issued request is judged by node:crypto, and some by hack/check too, which is a process each.
 * @param sampleSize how many of each kind, CA and leaf, hack/check judges
 */
export async function judgeRequests(orders: readonly RequestOrder[], seen: ReadonlyMap<string, Seen>, chain: TrueChain, sampleSize: number): Promise<Judgement> {
  const ended = orders.flatMap((order) => {
    const object = seen.get(order.name)?.object;
    return object === undefined ? [] : [{ order, object, ready: readyOf(object) }];
  });
  const issued = ended.filter(({ ready }) => ready?.reason === 'Issued');
  const failed = ended.filter(({ ready }) => ready?.reason === 'Failed');
  const wrong = issued.flatMap(({ order, object }) => wrongBytes(object, order, chain) ?? []);
  const kinds = [issued.filter(({ order }) => order.isCA), issued.filter(({ order }) => !order.isCA)];
  const refused = await Promise.all(kinds.flatMap((kind) => spread(kind, sampleSize)).map(({ order, object }) => refusedByGo(object, order)));
  return {
    issued: issued.length,
    failed: failed.length,
    pending: orders.length - ended.length,
    wrong: [...wrong, ...refused.flatMap((why) => why ?? [])],
    complaint: failed[0]?.ready?.message,
  };
}

/** So many, evenly spread over all. */
function spread<T extends { readonly object: ApiObject }>(all: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.ceil(all.length / count));
  return all.filter((_, index) => index % step === 0);
}
