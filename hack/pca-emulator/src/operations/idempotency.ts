// Has this token been seen? One certificate per token within the window.
import { createHash } from 'node:crypto';
import type { Table } from '../state/table.ts';

export interface RememberedToken {
  readonly certificateArn: string;
  /** The virtual clock at the first request, in milliseconds. */
  readonly firstSeenAtMs: number;
  /** Of everything in the request but the token. */
  readonly parameters: string;
}

export function tokenKey(account: string, authorityArn: string, token: string): string {
  return JSON.stringify([account, authorityArn, token]);
}

/** A digest that is equal for equal requests, whatever the order of their members. */
export function parametersDigest(input: Readonly<Record<string, unknown>>): string {
  const { IdempotencyToken: _, ...parameters } = input;
  return createHash('sha256').update(JSON.stringify(sorted(parameters))).digest('hex');
}

/** What the token stood for, while the window lasts; an older one is forgotten. */
export function recall(tokens: Table<RememberedToken>, key: string, nowMs: number, windowMs: number): RememberedToken | undefined {
  const remembered = tokens.get(key);
  if (remembered === undefined) return undefined;
  if (nowMs - remembered.firstSeenAtMs < windowMs) return remembered;
  tokens.delete(key);
  return undefined;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
