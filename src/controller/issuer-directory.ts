// The issuers we know, by kind and name, what the last check found, and which requests ask for each.
import type { AuthorityFacts } from '../domain/authority.ts';
import type { IssuerConfig } from '../domain/issuer-config.ts';
import type { IssuerWarning } from '../domain/issuer-warnings.ts';
import type { Issuer, IssuerKey, IssuerKind } from '../domain/issuer.ts';
import type { IssuerReason } from '../domain/readiness.ts';
import type { Request, RequestKey } from '../domain/request.ts';
import type { CertificateFacts } from '../pki/certificate.ts';

export type Standing =
  /** Not checked by this process since its spec last changed. */
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'not-ready'; readonly reason: IssuerReason; readonly message: string; readonly warnings: readonly IssuerWarning[] }
  | {
      readonly kind: 'ready';
      readonly config: IssuerConfig;
      readonly facts: AuthorityFacts;
      readonly anchors: readonly CertificateFacts[];
      readonly warnings: readonly IssuerWarning[];
    };

export interface KnownIssuer {
  readonly issuer: Issuer;
  readonly standing: Standing;
  /** Grows with every change that may let a waiting request pass. */
  readonly epoch: number;
}

export interface IssuerDirectory {
  /** The API server's word. @returns whether the issuer must be checked (new, or its spec changed). */
  learn(issuer: Issuer): boolean;
  remove(key: IssuerKey): void;
  /** What a check of that generation found; a late finding about an older one is dropped. @returns whether it may let waiting requests pass. */
  settle(issuer: Issuer, standing: Standing): boolean;
  get(key: IssuerKey): KnownIssuer | undefined;
  list(): Iterable<KnownIssuer>;
  /** Notes that the request asks for this issuer, so that it is woken when something changes. */
  enroll(request: RequestKey, issuer: IssuerKey): void;
  release(request: RequestKey): void;
}

/** The issuer that a request names: a namespaced one is looked up in the request's namespace only. */
export function issuerKeyOf(request: Request): IssuerKey {
  const kind = request.issuerRef.kind as IssuerKind;
  return { kind, namespace: kind === 'AWSPCAIssuer' ? request.key.namespace : undefined, name: request.issuerRef.name };
}

/** The issuer of the other kind and the same name, as the namespace of a request would find it. */
export function otherKindOf({ namespace, name }: IssuerKey, requestNamespace: string): IssuerKey {
  return namespace === undefined ? { kind: 'AWSPCAIssuer', namespace: requestNamespace, name } : { kind: 'AWSPCAClusterIssuer', namespace: undefined, name };
}

export function makeIssuerDirectory(wake: (request: string) => void): IssuerDirectory {
  const issuers = new Map<string, KnownIssuer>();
  const askers = new Map<string, Set<string>>();
  const asked = new Map<string, string>();
  let epochs = 0;

  const set = (key: string, issuer: Issuer, standing: Standing, isNews: boolean): void => {
    const epoch = isNews ? ++epochs : (issuers.get(key)?.epoch ?? 0);
    issuers.set(key, { issuer, standing, epoch });
    if (isNews) for (const request of askers.get(key) ?? []) wake(request);
  };

  const release = (request: string): void => {
    const issuer = asked.get(request);
    asked.delete(request);
    if (issuer === undefined) return;
    const set = askers.get(issuer);
    set?.delete(request);
    if (set?.size === 0) askers.delete(issuer);
  };

  return {
    learn(issuer) {
      const key = textOf(issuer.key);
      const known = issuers.get(key);
      const isSame = known?.issuer.uid === issuer.uid && known.issuer.generation === issuer.generation;
      set(key, issuer, isSame ? known.standing : { kind: 'unchecked' }, false);
      return !isSame;
    },
    remove: (key) => void issuers.delete(textOf(key)),
    settle(issuer, standing) {
      const key = textOf(issuer.key);
      const known = issuers.get(key);
      if (known?.issuer.uid !== issuer.uid || known.issuer.generation !== issuer.generation) return false;
      const isNew = isNews(known.standing, standing);
      set(key, known.issuer, standing, isNew);
      return isNew;
    },
    get: (key) => issuers.get(textOf(key)),
    list: () => issuers.values(),
    enroll(request, issuer) {
      const name = `${request.namespace}/${request.name}`;
      const key = textOf(issuer);
      if (asked.get(name) === key) return;
      release(name);
      asked.set(name, key);
      const set = askers.get(key) ?? new Set();
      askers.set(key, set.add(name));
    },
    release: (request) => release(`${request.namespace}/${request.name}`),
  };
}

/** Could a request that could not pass before pass now, or with another sentence? */
function isNews(before: Standing, after: Standing): boolean {
  if (before.kind !== after.kind) return true;
  if (after.kind === 'not-ready' && before.kind === 'not-ready') return before.message !== after.message;
  if (after.kind === 'ready' && before.kind === 'ready') return JSON.stringify(before.facts) !== JSON.stringify(after.facts);
  return false;
}

function textOf(key: IssuerKey): string {
  return `${key.kind}/${key.namespace ?? ''}/${key.name}`;
}
