// Which issuers exist? Both kinds, each with a watch of its own, or with one for each namespace that is served.
import { issuerKinds, readIssuer, type Issuer, type IssuerKey, type IssuerKind } from '../domain/issuer.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { combineWatches, type Watch } from './combine-watches.ts';
import { issuersPath } from './issuers.ts';
import { Reflector } from './reflector.ts';
import type { KubeTransport } from './transport.ts';

export interface IssuerWatchOptions {
  readonly transport: Pick<KubeTransport, 'request' | 'stream'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Only AWSPCAIssuers of these namespaces are seen; empty for all. Cluster issuers always are. */
  readonly namespaces?: readonly string[];
  /** Must not wait. Comes at start and on every change, our own status writes among them. */
  readonly onChange: (issuer: Issuer) => void;
  readonly onGone: (key: IssuerKey) => void;
}

/** A kind whose CRD is missing has no issuers; it is asked for again every half minute. */
export function watchIssuers(options: IssuerWatchOptions): Watch {
  const { namespaces = [] } = options;
  const scopes = namespaces.length === 0 ? [undefined] : namespaces;
  const watched = ([...issuerKinds] as IssuerKind[]).flatMap((kind) => (kind === 'AWSPCAIssuer' ? scopes : [undefined]).map((namespace) => ({ kind, namespace })));
  const reflectors = watched.map(
    ({ kind, namespace }) =>
      new Reflector<Issuer>({
        ...options,
        path: issuersPath(kind, namespace),
        read: (object) => readIssuer(kind, object),
        onChange: ({ type, entry }) => (type === 'deleted' ? options.onGone(entry.key) : options.onChange(entry)),
      }),
  );
  return combineWatches(reflectors);
}
