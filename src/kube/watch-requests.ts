// Which CertificateRequests ask for one of our issuers? Of each only what decides whether to look at it.
import { record, type Json } from '../domain/json.ts';
import { isTerminal, readRequest, type IssuerRef, type RequestKey } from '../domain/request.ts';
import { pause, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { combineWatches, type Watch } from './combine-watches.ts';
import { Reflector } from './reflector.ts';
import { requestsPath } from './requests.ts';
import type { KubeTransport } from './transport.ts';

export interface RequestSketch {
  readonly uid: string;
  readonly issuer: IssuerRef;
  readonly isCA: boolean;
  /** Ready says Issued, Failed or Denied: nothing is left to do. */
  readonly isTerminal: boolean;
}

export interface RequestWatchOptions {
  readonly transport: Pick<KubeTransport, 'request' | 'stream'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Only requests of these namespaces are seen, each by a watch of its own; empty for all. */
  readonly namespaces?: readonly string[];
  /** API group of the issuers that are ours; every other group's requests are never seen. */
  readonly group: string;
  /** Must not wait. Comes at start, on every change, and for non-terminal requests about every 10 minutes. */
  readonly onChange: (key: RequestKey, request: RequestSketch) => void;
  /** Comes for requests that were not terminal when they were last seen: of the others nothing is kept (docs/architecture.md, invariant 14). */
  readonly onGone: (key: RequestKey, request: RequestSketch) => void;
}

const resyncMs = 600_000;

export function watchRequests(options: RequestWatchOptions): Watch {
  const { namespaces = [], group, onChange, onGone, clock } = options;
  const reflectors = (namespaces.length === 0 ? [undefined] : namespaces).map(
    (namespace) =>
      new Reflector<RequestSketch>({
        ...options,
        path: requestsPath(namespace),
        fieldSelector: `spec.issuerRef.group=${group}`,
        read: (object) => sketch(group, object),
        isKept: ({ isTerminal }) => !isTerminal,
        onChange: ({ type, key, entry }) => (type === 'deleted' ? onGone(key, entry) : onChange(key, entry)),
      }),
  );

  const resync = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await pause(clock, resyncMs * (0.9 + clock.random() / 5), signal);
      if (signal.aborted) return;
      for (const reflector of reflectors) for (const { key, entry } of reflector.known()) onChange(key, entry);
    }
  };

  return combineWatches(reflectors, resync);
}

/** A request of another group is not even read. */
function sketch(group: string, object: Json): RequestSketch | undefined {
  if (record(record(object['spec'])['issuerRef'])['group'] !== group) return undefined;
  const request = readRequest(object);
  return request && { uid: request.uid, issuer: request.issuerRef, isCA: request.isCA, isTerminal: isTerminal(request) };
}
