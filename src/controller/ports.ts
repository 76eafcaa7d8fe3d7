// What the use cases ask of the world. kube/ and aws/ answer; tests hand in literals.
import type { AuthorityArn, AuthorityFacts } from '../domain/authority.ts';
import type { EventReason } from '../domain/event-reasons.ts';
import type { Failure, Result } from '../domain/failure.ts';
import type { Issuer, IssuerKind, IssuerStatus } from '../domain/issuer.ts';
import type { IssuerConfig } from '../domain/issuer-config.ts';
import type { Labels, LabelSelector } from '../domain/label-selector.ts';
import type { Plan } from '../domain/plan.ts';
import type { OwningCertificate, Request, RequestKey } from '../domain/request.ts';
import type { RequestStatus } from '../domain/conditions.ts';
import type { Turn } from '../runtime/turns.ts';

export interface Requests {
  /** The object as the API server has it now; undefined where there is none. */
  load(key: RequestKey, signal: AbortSignal): Promise<Result<Request | undefined>>;
  /**
   * Merges annotations (null removes one), guarded by uid and resourceVersion: `conflict` where the object changed or is gone.
   * @returns the object after the write.
   */
  annotate(request: Request, annotations: Readonly<Record<string, string | null>>, signal: AbortSignal): Promise<Result<Request>>;
  /** One server-side apply of status, guarded by resourceVersion: `conflict` where the object changed or is gone. */
  publish(request: Request, status: RequestStatus, signal: AbortSignal): Promise<Result<Request>>;
}

export interface Issuers {
  /** One server-side apply of the issuer's status. */
  publish(issuer: Issuer, status: IssuerStatus, signal: AbortSignal): Promise<Result<void>>;
}

export interface News {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly note: string;
  /** Told under a name that ends so, so that no other process tells it again. */
  readonly once?: string;
}

export interface Events {
  /** Tells people once; never waits and never fails. `note` is cut to what the API admits (1024 bytes). */
  tell(about: Request | OwningCertificate | Issuer, event: News): void;
}

/** The CRDs as the API server has them, which may be older than this version. */
export interface ServedSchema {
  /**
   * The spec fields of ours that the kind's CRD lacks, as far as anybody knows.
   * @param isNewSpec false: as known some minutes ago. true: read anew, as an older CRD matters where a spec was written.
   */
  missing(kind: IssuerKind, isNewSpec: boolean, signal: AbortSignal): Promise<readonly string[]>;
}

/** The namespaces of the cluster, as they were 10 seconds ago at most. */
export interface Namespaces {
  /** Those of one namespace; none where it does not exist. */
  labels(name: string, signal: AbortSignal): Promise<Result<Labels>>;
  /** How many there are; undefined where the API server does not say. */
  count(signal: AbortSignal): Promise<Result<number | undefined>>;
  /** The names of those that a selector selects; undefined where they are too many to count. */
  selected(selector: LabelSelector, signal: AbortSignal): Promise<Result<readonly string[] | undefined>>;
}

/** Where and as whom to speak to a CA. */
export type Access = Pick<IssuerConfig, 'authority' | 'identity' | 'userAgent'>;

export interface SignedCertificate {
  /** One PEM block, as AWS wrote it. */
  readonly certificate: string;
  /** The issuing CA first, the root last; undefined where AWS gave none. */
  readonly chain: string | undefined;
}

/** What AWS said to an order: signing goes on behind the ARN. */
export interface Ordered {
  readonly certificateArn: string;
  /** For the log. */
  readonly awsRequestId: string | undefined;
}

export interface Authority {
  issue(access: Access, plan: Plan, signal: AbortSignal): Promise<Result<Ordered>>;
  /** @returns 'in-progress' while AWS is still signing. */
  fetch(access: Access, certificateArn: string, signal: AbortSignal): Promise<Result<SignedCertificate | 'in-progress'>>;
  describe(access: Access, signal: AbortSignal): Promise<Result<DescribedAuthority>>;
  /** The CA's own certificate, and what stands above it. */
  certificate(access: Access, signal: AbortSignal): Promise<Result<SignedCertificate>>;
}

export type DescribedAuthority = Pick<
  AuthorityFacts,
  'type' | 'status' | 'usageMode' | 'keyAlgorithm' | 'serial' | 'notAfter'
> & { readonly signingAlgorithm: string | undefined };

/** Operations whose rate AWS limits; DescribeCertificateAuthority stands for GetCertificateAuthorityCertificate too. */
export type CallKind = 'IssueCertificate' | 'GetCertificate' | 'DescribeCertificateAuthority';

export interface TurnQuestion extends Turn {
  readonly authority: AuthorityArn;
  readonly kind: CallKind;
}

/** Rations the calls to AWS by account, region and operation (docs/architecture.md, invariant 8). */
export interface TurnTaker {
  /** @returns true: it may call now, once. false: it has a place in the line, and is woken. */
  mayCall(question: TurnQuestion): boolean;
  /** Who asked needs no turn any more. */
  leave(key: string): void;
}

export type { Failure };
