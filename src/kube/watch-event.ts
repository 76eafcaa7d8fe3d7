// What does one line of a watch say?
import { integer, record, text, type Json } from '../domain/json.ts';
import { failureOfResponse, type KubeFailure } from './errors.ts';

export type WatchEvent =
  | {
      readonly kind: 'change';
      readonly type: 'added' | 'modified' | 'deleted';
      readonly object: Json;
      readonly resourceVersion: string;
    }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }
  | { readonly kind: 'error'; readonly failure: KubeFailure };

const changes = new Map([
  ['ADDED', 'added'],
  ['MODIFIED', 'modified'],
  ['DELETED', 'deleted'],
] as const);

/**
 * @param line one JSON document: `{"type": …, "object": …}`.
 * @returns an `error` with code `UnreadableWatch` where the line is anything else: what it meant to say is lost, so the
 *   watch must be taken up again from the version before it.
 */
export function readWatchEvent(operation: string, line: string): WatchEvent {
  let event: Json;
  try {
    event = record(JSON.parse(line));
  } catch {
    return unreadable(operation, line);
  }
  const object = record(event['object']);
  const type = text(event['type']);
  if (type === 'ERROR') {
    const status = integer(object['code']) ?? 500;
    return { kind: 'error', failure: failureOfResponse({ operation, status, body: object }) };
  }
  const resourceVersion = text(record(object['metadata'])['resourceVersion']);
  const change = changes.get(type as 'ADDED');
  if (resourceVersion === '') return unreadable(operation, line);
  if (type === 'BOOKMARK') return { kind: 'bookmark', resourceVersion };
  return change === undefined ? unreadable(operation, line) : { kind: 'change', type: change, object, resourceVersion };
}

function unreadable(operation: string, line: string): WatchEvent {
  const message = `the watch sent a line of ${line.length} characters that is no event`;
  return { kind: 'error', failure: { class: 'transient', code: 'UnreadableWatch', message, operation, status: undefined } };
}
