// What became of the requests of a namespace, and when was it seen?
import type { Api } from '../../hack/control-plane/api.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { certManager, readyOf } from '../harness/scenario.ts';

export interface Seen {
  readonly object: ApiObject;
  /** When this process saw it there, by its own clock. */
  readonly atMs: number;
}

const isTerminal = (object: ApiObject): boolean => ['Issued', 'Failed', 'Denied'].includes(readyOf(object)?.reason ?? '');

/**
 * Watches until that many requests are terminal, or until the time is up.
 * @returns those that are, by name.
 */
export async function untilTerminal(api: Api, namespace: string, count: number, timeoutMs: number): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  const note = (object: ApiObject): boolean => {
    const { name = '' } = object.metadata;
    if (isTerminal(object) && !seen.has(name)) seen.set(name, { object, atMs: Date.now() });
    return seen.size >= count;
  };
  // What is missing then is told by the row: no requests are hidden behind an error.
  await api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace }, note, { timeoutMs }).catch((error: unknown) => {
    if (!(error instanceof Error && error.message.startsWith('waited '))) throw error;
  });
  return seen;
}

export async function untilApproved(api: Api, namespace: string, count: number): Promise<void> {
  const approved = new Set<string>();
  const note = (object: ApiObject): boolean => {
    const conditions = (object['status']?.conditions ?? []) as readonly { readonly type: string; readonly status: string }[];
    if (conditions.some(({ type, status }) => type === 'Approved' && status === 'True')) approved.add(object.metadata.name ?? '');
    return approved.size >= count;
  };
  await api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace }, note, { timeoutMs: 120_000, what: `${count} requests to be approved` });
}
