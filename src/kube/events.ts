// Telling people, by Kubernetes events: in the background, each thing once, and never at anybody's expense.
import type { Events, News } from '../controller/ports.ts';
import { group, version, type Issuer } from '../domain/issuer.ts';
import type { OwningCertificate, Request } from '../domain/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { KubeTransport } from './transport.ts';

export interface EventsOptions {
  readonly transport: Pick<KubeTransport, 'request'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who tells: the name of the pod or the host. */
  readonly instance: string;
}

type Subject = Request | OwningCertificate | Issuer;

/** Another process has told it under that name. */
const alreadyTold = 409;
const repeatMs = 600_000;
const mostRemembered = 1_000;
const mostWaiting = 100;
const longestNoteBytes = 1_024;
const longestInstance = 128;

/** Events of events.k8s.io/v1; what cannot be delivered is dropped. */
export function makeEvents(options: EventsOptions): Events {
  const { transport, clock, logger } = options;
  const toldAt = new Map<string, number>();
  const waiting: { readonly id: string; readonly namespace: string; readonly body: object }[] = [];
  let isSending = false;

  const send = async (): Promise<void> => {
    isSending = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(next.namespace)}/events`;
      const signal = new AbortController().signal;
      const answer = await transport.request({ method: 'POST', path, body: next.body, signal, timeoutMs: 5_000 });
      if (answer.ok || answer.failure.status === alreadyTold) continue;
      toldAt.delete(next.id);
      logger.debug('an event could not be told', { code: answer.failure.code, cause: answer.failure.message });
    }
    isSending = false;
  };

  const isRepeated = (id: string): boolean => {
    const now = clock.now();
    const former = toldAt.get(id);
    if (former !== undefined && now - former < repeatMs) return true;
    // The map keeps the order of telling, so that the first one is the oldest.
    toldAt.delete(id);
    const [oldest] = toldAt.keys();
    if (toldAt.size >= mostRemembered && oldest !== undefined) toldAt.delete(oldest);
    toldAt.set(id, now);
    return false;
  };

  return {
    tell(about, event) {
      const id = [about.uid, event.reason, event.note].join('\n');
      if (waiting.length >= mostWaiting || isRepeated(id)) return;
      // An event about a cluster-wide object lives in `default`.
      const namespace = about.key.namespace ?? 'default';
      waiting.push({ id, namespace, body: writeEvent(about, event, namespace, options) });
      if (!isSending) void send();
    },
  };
}

function writeEvent(about: Subject, event: News, namespace: string, options: EventsOptions): object {
  const beginning = `${about.key.name.slice(0, 200).replace(/[.-]+$/, '')}-`;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { ...(event.once === undefined ? { generateName: beginning } : { name: `${beginning}${event.once}` }), namespace },
    // MicroTime: microseconds, of which our clock knows the first three digits.
    eventTime: new Date(options.clock.now()).toISOString().replace('Z', '000Z'),
    reportingController: `${group}/pca-issuer`,
    reportingInstance: options.instance.slice(0, longestInstance),
    action: isIssuer(about) ? 'Check' : 'Sign',
    reason: event.reason,
    type: event.type,
    note: cut(event.note),
    regarding: describe(about),
  };
}

function describe(about: Subject): object {
  const { namespace, name } = about.key;
  const type = isIssuer(about)
    ? { apiVersion: `${group}/${version}`, kind: about.key.kind }
    : { apiVersion: 'cert-manager.io/v1', kind: 'issuerRef' in about ? 'CertificateRequest' : 'Certificate' };
  return { ...type, namespace, name, uid: about.uid, ...('resourceVersion' in about ? { resourceVersion: about.resourceVersion } : {}) };
}

function isIssuer(about: Subject): about is Issuer {
  return 'spec' in about;
}

/** At most 1024 bytes, never through the middle of a character. */
function cut(note: string): string {
  const bytes = Buffer.from(note, 'utf8');
  if (bytes.length <= longestNoteBytes) return note;
  return new TextDecoder().decode(bytes.subarray(0, longestNoteBytes), { stream: true });
}
