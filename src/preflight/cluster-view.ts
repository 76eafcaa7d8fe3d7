// What preflight looks at, narrowed once from the API server's JSON. Of Secrets it reads nothing.
import { apiGroup, type IssuerKind } from '../domain/api.gen.ts';
import type { Issuer } from '../domain/issuer.ts';
import { integer, list, record, text, type Json } from '../domain/json.ts';
import { readRequest, type IssuerRef, type Request } from '../domain/request.ts';

export interface Certificate {
  readonly namespace: string;
  readonly name: string;
  readonly issuerRef: IssuerRef;
  readonly isCA: boolean;
  /** Of the issuance that its Secret holds; 0 before the first one. */
  readonly revision: number;
}

export interface SeenRequest extends Request {
  readonly hasFailureTime: boolean;
  /** The Certificate that it was made for, and which issuance of it. */
  readonly certificate: string | undefined;
  readonly revision: number;
}

/** A Deployment of aws-privateca-issuer, or of ours. */
export interface Workload {
  readonly program: 'peer' | 'ours';
  readonly namespace: string;
  readonly name: string;
  /** Without the leading v; '' where neither image nor labels tell. */
  readonly version: string;
  readonly replicas: number;
  readonly args: readonly string[];
  readonly serviceAccount: string;
  /** The release that helm knows it by; undefined where it is not helm's, as with the EKS add-on. */
  readonly release: string | undefined;
  /** What its chart calls it: the name of the chart, or nameOverride. */
  readonly nameLabel: string;
}

export interface HeldLease {
  readonly namespace: string;
  readonly holder: string;
  readonly renewedAt: Date | undefined;
  readonly durationMs: number;
}

export interface Crd {
  readonly name: string;
  /** `namespace/release`; undefined where no release of helm owns it. */
  readonly owner: string | undefined;
}

export interface ClusterView {
  readonly issuers: readonly Issuer[];
  /** Those of our group only, as with the requests. */
  readonly certificates: readonly Certificate[];
  readonly requests: readonly SeenRequest[];
  readonly workloads: readonly Workload[];
  readonly leases: readonly HeldLease[];
  readonly crds: readonly Crd[];
  /** Fields that the served CRD of a kind lacks. */
  readonly missingFields: ReadonlyMap<IssuerKind, readonly string[]>;
  /** undefined where they could not be counted. */
  readonly namespaces: number | undefined;
}

export function readCertificate(object: unknown): Certificate | undefined {
  const { metadata, spec, status } = partsOf(object);
  const issuerRef = record(spec['issuerRef']);
  if (issuerRef['group'] !== apiGroup) return undefined;
  return {
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
    issuerRef: { group: apiGroup, kind: text(issuerRef['kind']), name: text(issuerRef['name']) },
    isCA: spec['isCA'] === true,
    revision: integer(status['revision']) ?? 0,
  };
}

export function readSeenRequest(object: unknown): SeenRequest | undefined {
  const request = readRequest(object);
  if (request?.issuerRef.group !== apiGroup) return undefined;
  const { metadata, status } = partsOf(object);
  const owner = list(metadata['ownerReferences']).map(record).find((each) => each['kind'] === 'Certificate');
  return {
    ...request,
    hasFailureTime: text(status['failureTime']) !== '',
    certificate: owner && text(owner['name']),
    revision: Number(request.annotations['cert-manager.io/certificate-revision'] ?? 0),
  };
}

const peerName = 'aws-privateca-issuer';
const peerImage = /aws-privateca-(?:issuer|connector)/;

/** @returns undefined for a Deployment of anybody else. */
export function readWorkload(object: unknown): Workload | undefined {
  const { metadata, spec } = partsOf(object);
  const labels = record(metadata['labels']);
  const pod = record(record(spec['template'])['spec']);
  for (const container of list(pod['containers']).map(record)) {
    const [image, args] = [text(container['image']), list(container['args']).map(text)];
    const isManager = text(list(container['command'])[0]) === '/manager';
    // The chart gives ours this flag always.
    const isOurs = args[0] === 'controller' && args.some((arg) => arg.startsWith('--aws-issue-rate'));
    const isPeer = isManager && (peerImage.test(image) || labels['app.kubernetes.io/name'] === peerName);
    if (!isOurs && !isPeer) continue;
    const [, tag = text(labels['app.kubernetes.io/version'])] = /:v?(\d+\.\d+\.\d+)[^/]*$/.exec(image) ?? [];
    return {
      program: isOurs ? 'ours' : 'peer',
      namespace: text(metadata['namespace']),
      name: text(metadata['name']),
      version: tag.replace(/^v/, ''),
      replicas: integer(spec['replicas']) ?? 1,
      args,
      serviceAccount: text(pod['serviceAccountName']) || 'default',
      release: labels['app.kubernetes.io/managed-by'] === 'Helm' ? text(labels['app.kubernetes.io/instance']) : undefined,
      nameLabel: text(labels['app.kubernetes.io/name']) || peerName,
    };
  }
  return undefined;
}

export function readHeldLease(object: unknown): HeldLease | undefined {
  const { metadata, spec } = partsOf(object);
  const holder = text(spec['holderIdentity']);
  const renewedAt = new Date(text(spec['renewTime']));
  if (holder === '') return undefined;
  return {
    namespace: text(metadata['namespace']),
    holder,
    renewedAt: Number.isNaN(renewedAt.getTime()) ? undefined : renewedAt,
    durationMs: (integer(spec['leaseDurationSeconds']) ?? 0) * 1_000,
  };
}

export function readCrd(object: unknown): Crd {
  const { metadata } = partsOf(object);
  const annotations = record(metadata['annotations']);
  const release = text(annotations['meta.helm.sh/release-name']);
  const isHelms = release !== '' && record(metadata['labels'])['app.kubernetes.io/managed-by'] === 'Helm';
  return { name: text(metadata['name']), owner: isHelms ? `${text(annotations['meta.helm.sh/release-namespace'])}/${release}` : undefined };
}

function partsOf(object: unknown): { readonly metadata: Json; readonly spec: Json; readonly status: Json } {
  const root = record(object);
  return { metadata: record(root['metadata']), spec: record(root['spec']), status: record(root['status']) };
}
