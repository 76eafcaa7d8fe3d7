// The words of the admin API: what goes in and what comes out. The client and the server both stand on this page.
import type { AccessKey } from '../access/credentials.ts';
import type { CustomerManagedPermission, ManagedPermission } from '../access/shares.ts';
import type { AuditReportFormat } from '../audit/audit-report.ts';
import type { Authority, AuthorityStatus, ChainFormat, Tag } from '../authorities/authority.ts';
import type { RevocationReason } from '../authorities/issued-certificate.ts';
import type { Fault } from '../faults/fault-queue.ts';
import type { JournalCounters, JournalEntry } from '../journal/journal-entry.ts';

/** A CA without its private key. */
export type AuthorityView = Omit<Authority, 'privateKeyPem' | 'subjectDer'>;

export interface AuthorityChange {
  readonly arn: string;
  readonly status?: AuthorityStatus;
  /** null takes the general setting again. */
  readonly signingMs?: number | null;
  /** How many certificates the CA issues at most; null takes the general setting again. */
  readonly certificateQuota?: number | null;
  readonly chainFormat?: ChainFormat;
  /** All of its tags, in place of those that it has. */
  readonly tags?: readonly Tag[];
}

export interface AccessKeyOrder {
  readonly account: string;
  /** The user's name, `tester` unless told. */
  readonly user?: string;
  /** The user's whole ARN, in place of its name. */
  readonly principalArn?: string;
  /** Given keys are taken as they are; absent ones are made up. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

export type AccessKeyView = AccessKey;

/** A share of a CA with another account. */
export interface ShareOrder {
  /** The same id again takes the place of the earlier share; made up unless told. */
  readonly id?: string;
  readonly ca: string;
  readonly account: string;
  /** AWS's managed permissions by name, or some of the customer's own; AWSRAMDefaultPermissionCertificateAuthority unless told. */
  readonly permissions?: readonly (ManagedPermission | CustomerManagedPermission)[] | CustomerManagedPermission;
}

export interface PodIdentityAssociationOrder {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  /** `emulated` unless told. */
  readonly clusterName?: string;
}

export interface ClockView {
  readonly offsetMs: number;
  /** ISO 8601. */
  readonly virtualTime: string;
  readonly machineTime: string;
}

export interface FaultsView {
  readonly faults: readonly Fault[];
  /** Calls that hang now. */
  readonly hanging: number;
}

export interface JournalView {
  readonly entries: readonly JournalEntry[];
  /** The last number given out: `since` of the next question. */
  readonly lastSeq: number;
  readonly counters: JournalCounters;
}

export interface CertificateView {
  readonly arn: string;
  readonly authorityArn: string;
  readonly certificate: string;
  readonly template: string;
  /** ISO 8601, virtual clock. */
  readonly issuedAt: string;
  readonly isSigned: boolean;
  /** ISO 8601, virtual clock; absent until it is revoked. */
  readonly revokedAt?: string;
  readonly revocationReason?: RevocationReason;
}

export interface AuditReportView {
  readonly id: string;
  readonly authorityArn: string;
  readonly format: AuditReportFormat;
  readonly bucket: string;
  readonly key: string;
  /** ISO 8601, virtual clock. */
  readonly createdAt: string;
  /** What AWS would have put into the bucket. */
  readonly content: string;
}

export interface StatusView {
  readonly notice: string;
  readonly clock: ClockView;
  readonly authorities: readonly { readonly arn: string; readonly name: string; readonly status: AuthorityStatus; readonly notAfter: string }[];
  readonly certificates: number;
  readonly faults: number;
  readonly hanging: number;
  readonly counters: JournalCounters;
}
