// In which lane does a request wait? Each issuer has one, so that none keeps another waiting (docs/architecture.md, invariant 7).
import { describeKey, type IssuerRef, type RequestKey } from '../domain/request.ts';

/** As long as nothing else is known of a request, it waits in a lane of its own. */
export interface RequestLanes {
  learn(key: RequestKey, request: { readonly issuer: IssuerRef; readonly isCA: boolean }): void;
  /** The request is finished or gone. */
  forget(key: RequestKey): void;
  /** @param key as describeKey writes it. CA requests go first. */
  laneOf(key: string): { readonly lane: string; readonly isFirst: boolean };
}

export function makeRequestLanes(): RequestLanes {
  const known = new Map<string, { readonly lane: string; readonly isFirst: boolean }>();
  return {
    learn(key, { issuer, isCA }) {
      const namespace = issuer.kind === 'AWSPCAIssuer' ? key.namespace : '';
      known.set(describeKey(key), { lane: `${issuer.kind}/${namespace}/${issuer.name}`, isFirst: isCA });
    },
    forget: (key) => void known.delete(describeKey(key)),
    laneOf: (key) => known.get(key) ?? { lane: key, isFirst: false },
  };
}
