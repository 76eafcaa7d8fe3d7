// Which issuers exist? Both kinds, each with a watch of its own.
import { issuerKinds, readIssuer, type Issuer, type IssuerKey, type IssuerKind } from '../domain/issuer.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { issuersPath } from './issuers.ts';
import { Reflector } from './reflector.ts';
import type { KubeTransport } from './transport.ts';
import type { Watch } from './watch-requests.ts';

export interface IssuerWatchOptions {
  readonly transport: Pick<KubeTransport, 'request' | 'stream'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Must not wait. Comes at start and on every change, our own status writes among them. */
  readonly onChange: (issuer: Issuer) => void;
  readonly onGone: (key: IssuerKey) => void;
}

/** A kind whose CRD is missing has no issuers; it is asked for again every half minute. */
export function watchIssuers(options: IssuerWatchOptions): Watch {
  const reflectors = ([...issuerKinds] as IssuerKind[]).map(
    (kind) =>
      new Reflector<Issuer>({
        ...options,
        path: issuersPath(kind),
        read: (object) => readIssuer(kind, object),
        onChange: ({ type, entry }) => (type === 'deleted' ? options.onGone(entry.key) : options.onChange(entry)),
      }),
  );
  return {
    run: async (signal) => void (await Promise.all(reflectors.map((reflector) => reflector.run(signal)))),
    get hasSynced() {
      return reflectors.every((reflector) => reflector.hasSynced);
    },
    get lastContactAt() {
      return earliest(reflectors.map((reflector) => reflector.lastContactAt));
    },
  };
}

/** undefined as long as one of them has never been in contact. */
function earliest(instants: readonly (number | undefined)[]): number | undefined {
  return instants.some((each) => each === undefined) ? undefined : Math.min(...instants.filter((each) => each !== undefined));
}
