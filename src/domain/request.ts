// A CertificateRequest, as far as we read it: narrowed once from the API server's JSON, then a plain value.
import { parseGoDuration } from './duration.ts';
import { date, list, record, text } from './json.ts';

export interface RequestKey {
  readonly namespace: string;
  readonly name: string;
}

export interface IssuerRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** The Certificate that cert-manager made a request for; requests of istio-csr and csi-driver have none. */
export interface OwningCertificate {
  readonly key: RequestKey & { readonly kind: 'Certificate' };
  readonly uid: string;
}

export interface RequestCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: Date | undefined;
}

export interface Request {
  readonly key: RequestKey;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: Date;
  readonly issuerRef: IssuerRef;
  readonly isCA: boolean;
  /** spec.duration in milliseconds; undefined where the request names none. */
  readonly durationMs: number | undefined;
  /** spec.usages as written, `signing` and `digital signature` alike. */
  readonly usages: readonly string[];
  /** The CSR's PEM text (spec.request, base64 decoded). */
  readonly csrPem: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly conditions: readonly RequestCondition[];
  readonly hasCertificate: boolean;
  readonly owner: OwningCertificate | undefined;
}

/** The peer's annotation, so that requests in flight survive a change of controller (as in aws-privateca-issuer v1.12.0). */
export const arnAnnotation = 'aws-privateca-issuer/certificate-arn';
/** Ours: that the ARN above came from an order of ours, so that a process after us knows it for no mere hint. */
export const ownAnnotation = 'aws-privateca-issuer/issued-certificate';
/** Ours: the instant from which the next attempt counts its dates (docs/architecture.md, invariant 4). */
export const baseAnnotation = 'aws-privateca-issuer/issue-base';
/** Ours: which of the two permitted certificates is being asked for (docs/architecture.md, invariant 11). */
export const generationAnnotation = 'aws-privateca-issuer/issue-generation';

export function describeKey(key: RequestKey): string {
  return `${key.namespace}/${key.name}`;
}

export function condition(request: Pick<Request, 'conditions'>, type: string): RequestCondition | undefined {
  return request.conditions.find((each) => each.type === type);
}

/** Has the request reached an end that nobody changes any more? Its Ready says Issued, Failed or Denied. */
export function isTerminal(request: Pick<Request, 'conditions'>): boolean {
  const ready = condition(request, 'Ready');
  return ready?.status === 'True' || ready?.reason === 'Failed' || ready?.reason === 'Denied';
}

/**
 * @param object a CertificateRequest of cert-manager.io/v1 as JSON.
 * @returns undefined where the object lacks what every admitted CertificateRequest has (name, uid, issuerRef).
 */
export function readRequest(object: unknown): Request | undefined {
  const root = record(object);
  const metadata = record(root['metadata']);
  const spec = record(root['spec']);
  const status = record(root['status']);
  const issuerRef = record(spec['issuerRef']);
  const namespace = text(metadata['namespace']);
  const name = text(metadata['name']);
  const uid = text(metadata['uid']);
  const createdAt = date(metadata['creationTimestamp']);
  if (namespace === '' || name === '' || uid === '' || createdAt === undefined) return undefined;
  const duration = text(spec['duration']);
  return {
    key: { namespace, name },
    uid,
    resourceVersion: text(metadata['resourceVersion']),
    createdAt,
    issuerRef: { group: text(issuerRef['group']), kind: text(issuerRef['kind']), name: text(issuerRef['name']) },
    isCA: spec['isCA'] === true,
    durationMs: duration === '' ? undefined : parseGoDuration(duration),
    usages: list(spec['usages']).filter((usage) => typeof usage === 'string'),
    csrPem: Buffer.from(text(spec['request']), 'base64').toString('latin1'),
    annotations: Object.fromEntries(
      Object.entries(record(metadata['annotations'])).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    conditions: list(status['conditions']).map(readCondition),
    hasCertificate: text(status['certificate']) !== '',
    owner: list(metadata['ownerReferences']).map((each) => readOwner(each, namespace)).find((owner) => owner !== undefined),
  };
}

function readOwner(value: unknown, namespace: string): OwningCertificate | undefined {
  const object = record(value);
  const name = text(object['name']);
  const uid = text(object['uid']);
  const isCertificate = object['kind'] === 'Certificate' && text(object['apiVersion']).startsWith('cert-manager.io/');
  return isCertificate && name !== '' && uid !== '' ? { key: { kind: 'Certificate', namespace, name }, uid } : undefined;
}

function readCondition(value: unknown): RequestCondition {
  const object = record(value);
  return {
    type: text(object['type']),
    status: text(object['status']),
    reason: text(object['reason']),
    message: text(object['message']),
    lastTransitionTime: date(object['lastTransitionTime']),
  };
}
