// Has it happened yet? Waits for a state of the API server by list and watch, never by asking again and again.
import type { ApiObject } from './objects.ts';
import type { Transport } from './transport.ts';

export interface WatchOrder {
  /** collection, without query */
  readonly path: string;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly signal: AbortSignal;
}

type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: ApiObject }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

/** A change, or `undefined` as object for one that is gone. The first ones are what exists already. */
export interface Change {
  readonly key: string;
  readonly object: ApiObject | undefined;
}

/**
 * Follows a collection for ever: what exists, then `listed`, then each change. Lists again when the watch ends or its
 * version is too old. Ends by the signal (AbortError) or by the list's own error.
 */
export async function* follow(transport: Transport, order: WatchOrder): AsyncGenerator<Change | 'listed'> {
  const known = new Set<string>();
  while (true) {
    const list = (await readJson(transport, order, {})) as { items?: readonly ApiObject[]; metadata: { resourceVersion: string } };
    const present = new Set((list.items ?? []).map(keyOf));
    for (const key of known) if (!present.has(key)) yield { key, object: undefined };
    known.clear();
    for (const object of list.items ?? []) {
      known.add(keyOf(object));
      yield { key: keyOf(object), object };
    }
    yield 'listed';
    for await (const { type, object } of watchEvents(transport, order, list.metadata.resourceVersion)) {
      if (type === 'ERROR') break; // 410 and the like: list again
      if (type === 'BOOKMARK') continue;
      const key = keyOf(object);
      if (type === 'DELETED') known.delete(key);
      else known.add(key);
      yield { key, object: type === 'DELETED' ? undefined : object };
    }
  }
}

async function* watchEvents(transport: Transport, order: WatchOrder, resourceVersion: string): AsyncGenerator<WatchEvent> {
  const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: '300' };
  const body = await transport.open({ path: withQuery(order, query), signal: order.signal });
  body.setEncoding('utf8');
  let rest = '';
  for await (const chunk of body as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent;
  }
}

async function readJson(transport: Transport, order: WatchOrder, query: Readonly<Record<string, string>>): Promise<unknown> {
  const body = await transport.open({ path: withQuery(order, query), signal: order.signal });
  return body.json();
}

function withQuery({ path, fieldSelector, labelSelector }: WatchOrder, query: Readonly<Record<string, string>>): string {
  const all = new URLSearchParams(query);
  if (fieldSelector !== undefined) all.set('fieldSelector', fieldSelector);
  if (labelSelector !== undefined) all.set('labelSelector', labelSelector);
  return all.size === 0 ? path : `${path}?${all.toString()}`;
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}
