// How many namespaces may ask an issuer? For people, so that a number that cannot be had is left out.
import type { Askers } from '../domain/ca-requests-warning.ts';
import type { RequestPolicy } from '../domain/request-policy.ts';
import type { Namespaces } from './ports.ts';

/** @param watched the namespaces that this controller serves at all; empty for every one. */
export function makeCountAskers(namespaces: Namespaces, watched: readonly string[]) {
  return async (policy: RequestPolicy, signal: AbortSignal): Promise<Askers> => {
    const { namespaces: named, selector } = policy;
    const areAll = watched.length === 0 && named === undefined && selector === undefined;
    if (named === undefined && selector === undefined) return { areAll, count: watched.length > 0 ? watched.length : await countAll(signal) };
    const selected = selector === undefined ? { ok: true as const, value: [] } : await namespaces.selected(selector, signal);
    if (!selected.ok || selected.value === undefined) return { areAll, count: undefined };
    const served = new Set([...(named ?? []), ...selected.value]);
    return { areAll, count: watched.length === 0 ? served.size : watched.filter((name) => served.has(name)).length };
  };

  async function countAll(signal: AbortSignal): Promise<number | undefined> {
    const counted = await namespaces.count(signal);
    return counted.ok ? counted.value : undefined;
  }
}
