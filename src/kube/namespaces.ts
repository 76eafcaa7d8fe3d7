// Namespaces, for issuers that serve only some of them: one by its name, or how many there are. Never watched.
import type { Namespaces } from '../controller/ports.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { integer, list, record, text } from '../domain/json.ts';
import { writeSelector, type Labels } from '../domain/label-selector.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeResult } from './errors.ts';
import { makeRecentReadings } from './recent-readings.ts';
import type { KubeResponse, KubeTransport } from './transport.ts';

const namespacesPath = '/api/v1/namespaces';
/** Of labels; a wave of requests comes from a few namespaces at a time. */
const mostCopies = 256;
/** With a selector the API server does not say how many it left out, so that they come to be counted. */
const mostSelected = 500;

/** The part of a list that is kept. */
interface Page {
  readonly names: readonly string[];
  /** How many follow: none, or undefined where nobody says. */
  readonly remaining: number | undefined;
}

export function makeNamespaces(transport: Pick<KubeTransport, 'request'>, clock: Clock): Namespaces {
  const labels = makeRecentReadings({ transport, clock, read: readLabels, mostCopies });
  const pages = makeRecentReadings({ transport, clock, read: readPage, mostCopies: 16 });
  return {
    labels: (name, signal) => labels(`${namespacesPath}/${encodeURIComponent(name)}`, {}, signal),
    async count(signal) {
      const page = await pages(namespacesPath, { limit: 1 }, signal);
      if (!page.ok) return page;
      const { names, remaining } = page.value;
      return succeed(remaining === undefined ? undefined : names.length + remaining);
    },
    async selected(selector, signal) {
      const page = await pages(namespacesPath, { limit: mostSelected, labelSelector: writeSelector(selector) || undefined }, signal);
      if (!page.ok) return page;
      return succeed(page.value.remaining === 0 ? page.value.names : undefined);
    },
  };
}

function readLabels(answer: KubeResult<KubeResponse>): Result<Labels> {
  if (!answer.ok) return answer.failure.status === 404 ? succeed({}) : answer;
  const labels = record(record(record(answer.value.body)['metadata'])['labels']);
  return succeed(Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, text(value)])));
}

function readPage(answer: KubeResult<KubeResponse>): Result<Page> {
  if (!answer.ok) return answer;
  const body = record(answer.value.body);
  const metadata = record(body['metadata']);
  const names = list(body['items']).map((item) => text(record(record(item)['metadata'])['name']));
  return succeed({ names, remaining: text(metadata['continue']) === '' ? 0 : integer(metadata['remainingItemCount']) });
}
