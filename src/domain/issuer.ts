// An AWSPCAIssuer or AWSPCAClusterIssuer: narrowed once from the API server's JSON, then a plain value.
import type { AwsPcaIssuerSpec } from './api.gen.ts';
import type { AuthorityFacts } from './authority.ts';
import { readWarnings, type IssuerWarning, type WrittenWarning } from './issuer-warnings.ts';
import { date, integer, list, record, text } from './json.ts';
import type { IssuerReason } from './readiness.ts';

export const group = 'awspca.cert-manager.io';
export const version = 'v1beta1';
export type IssuerKind = 'AWSPCAIssuer' | 'AWSPCAClusterIssuer';
export const issuerKinds: ReadonlySet<string> = new Set<IssuerKind>(['AWSPCAIssuer', 'AWSPCAClusterIssuer']);

export interface IssuerKey {
  readonly kind: IssuerKind;
  /** undefined for the cluster kind. */
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface ReadyCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
  readonly lastTransitionTime: Date | undefined;
}

export interface Issuer {
  readonly key: IssuerKey;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly spec: AwsPcaIssuerSpec;
  readonly ready: ReadyCondition | undefined;
  /** Our conditions beside Ready. */
  readonly warnings: readonly WrittenWarning[];
  /** What a former check of this very generation left in status.certificateAuthority. */
  readonly facts: AuthorityFacts | undefined;
}

export interface IssuerStatus {
  readonly ready: { readonly status: 'True' | 'False'; readonly reason: IssuerReason; readonly message: string };
  /** All that hold now: one that is left out is removed. */
  readonly warnings: readonly IssuerWarning[];
  /** Written where known; the former ones stay otherwise. */
  readonly facts: AuthorityFacts | undefined;
}

export function describeIssuer(key: IssuerKey): string {
  return key.namespace === undefined ? `${key.kind} ${key.name}` : `${key.kind} ${key.namespace}/${key.name}`;
}

/**
 * @param object an AWSPCAIssuer or AWSPCAClusterIssuer as JSON; its spec was admitted by our schema.
 * @returns undefined where it lacks a name or a uid.
 */
export function readIssuer(kind: IssuerKind, object: unknown): Issuer | undefined {
  const root = record(object);
  const metadata = record(root['metadata']);
  const status = record(root['status']);
  const name = text(metadata['name']);
  const uid = text(metadata['uid']);
  if (name === '' || uid === '') return undefined;
  const spec = record(root['spec']) as AwsPcaIssuerSpec;
  const generation = integer(metadata['generation']) ?? 0;
  const ready = list(status['conditions']).map(record).find((each) => each['type'] === 'Ready');
  return {
    key: { kind, namespace: kind === 'AWSPCAIssuer' ? text(metadata['namespace']) : undefined, name },
    uid,
    generation,
    resourceVersion: text(metadata['resourceVersion']),
    spec,
    ready: ready && {
      status: text(ready['status']),
      reason: text(ready['reason']),
      message: text(ready['message']),
      observedGeneration: integer(ready['observedGeneration']),
      lastTransitionTime: date(ready['lastTransitionTime']),
    },
    warnings: readWarnings(status['conditions']),
    // After an edit they may be those of another CA.
    facts: ready?.['observedGeneration'] === generation ? readFacts(spec.arn ?? '', record(status['certificateAuthority'])) : undefined,
  };
}

function readFacts(arn: string, authority: Readonly<Record<string, unknown>>): AuthorityFacts | undefined {
  const signingAlgorithm = text(authority['signingAlgorithm']);
  if (signingAlgorithm === '') return undefined;
  const rootSHA256 = text(authority['rootSHA256']) || undefined;
  return {
    arn,
    type: text(authority['type']) || undefined,
    status: text(authority['status']) || undefined,
    usageMode: text(authority['usageMode']) || undefined,
    keyAlgorithm: text(authority['keyAlgorithm']) || undefined,
    signingAlgorithm,
    serial: text(authority['serial']) || undefined,
    notAfter: date(authority['notAfter']),
    pathLength: integer(authority['pathLength']),
    rootSHA256,
    hasTrustAnchor: rootSHA256 === undefined ? undefined : true,
  };
}
