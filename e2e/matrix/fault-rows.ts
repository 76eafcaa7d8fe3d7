// Which fault, at which call, against how many requests? Every row of the matrix.
import { faultKinds, type FaultKind } from '../../hack/pca-emulator/src/faults/fault-kinds.ts';

/** Everything that the controller calls. */
export const operations = [
  'IssueCertificate',
  'GetCertificate',
  'DescribeCertificateAuthority',
  'GetCertificateAuthorityCertificate',
  'AssumeRoleWithWebIdentity',
] as const;
export type Operation = (typeof operations)[number];

/** `one`: a request, two strikes. `thirty`: 30 requests, 20 strikes, at STS 5. `lasting`: a request, and every call is struck for 8 s. */
const sizes = ['one', 'thirty', 'lasting'] as const;
export type Size = (typeof sizes)[number];

export const lastingMs = 8_000;

export interface Row {
  readonly kind: FaultKind;
  readonly operation: Operation;
  readonly size: Size;
  readonly requests: number;
  readonly times: number | 'until-cleared';
  /** How many issuers of the same CA the requests are spread over. */
  readonly issuers: number;
}

/**
 * Answers in AWS's own name that are wrong: a certificate that cannot be published, or an ARN of none. One such answer a
 * request is outlived; a second one makes it Failed by rule (docs/architecture.md, invariant 11).
 */
function isFalseAnswer({ kind, operation }: Pick<Row, 'kind' | 'operation'>): boolean {
  if (operation === 'IssueCertificate') return kind === 'wrong-key' || kind === 'request-failed' || kind === 'plant';
  return operation === 'GetCertificate' && kind === 'plant';
}

/** Whether each strike costs a certificate that AWS made and that cannot be used, so that one more is bought on purpose. */
export function spoilsCertificate(row: Pick<Row, 'kind' | 'operation'>): boolean {
  return isFalseAnswer(row) && !(row.operation === 'IssueCertificate' && row.kind === 'plant');
}

/** undefined where there is no such row, or where it would make the request an impossible one. */
export function rowOf(kind: FaultKind, operation: Operation, size: Size): Row | undefined {
  // It changes the certificate that IssueCertificate makes; elsewhere it is no fault.
  if (kind === 'wrong-key' && operation !== 'IssueCertificate') return undefined;
  // Those rows run one after the other; two sizes tell enough.
  if (operation === 'AssumeRoleWithWebIdentity' && size === 'lasting') return undefined;
  const isFalse = isFalseAnswer({ kind, operation });
  if (isFalse && size === 'lasting') return undefined;
  const requests = size === 'thirty' ? 30 : 1;
  // All requests wait for one and the same call to STS, which is made ever less often, and takes 10 s where it hangs.
  const shared = operation === 'AssumeRoleWithWebIdentity' ? (kind === 'hang' ? 2 : 5) : 20;
  const times = size === 'lasting' ? 'until-cleared' : size === 'thirty' ? (isFalse ? 10 : shared) : isFalse ? 1 : 2;
  // The CA is described once an issuer, not once a request.
  const isOfIssuer = operation === 'DescribeCertificateAuthority' || operation === 'GetCertificateAuthorityCertificate';
  return { kind, operation, size, requests, times, issuers: isOfIssuer ? requests : 1 };
}

/** All of them: every kind at every operation in every size, less those that `rowOf` leaves out. */
export function allRows(): readonly Row[] {
  return operations.flatMap((operation) => sizes.flatMap((size) => faultKinds.flatMap((kind) => rowOf(kind, operation, size) ?? [])));
}

export function describeRow({ kind, operation, size }: Row): string {
  const sizeText = { one: '1 request', thirty: '30 requests', lasting: `1 request, ${lastingMs / 1_000} s long` }[size];
  return `${kind} at ${operation}, ${sizeText}`;
}
