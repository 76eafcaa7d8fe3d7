// The audit report: everything a CA has issued and revoked, a row a certificate, in AWS's two formats.
import { X509Certificate } from 'node:crypto';
import { partitionOf } from '../arn.ts';
import type { IssuedCertificate } from '../authorities/issued-certificate.ts';
import { colonHex } from '../certificates/serial.ts';
import { given } from '../given.ts';

export const auditReportFormats = ['JSON', 'CSV'] as const;
export type AuditReportFormat = (typeof auditReportFormats)[number];

/** A report as it is remembered. */
export interface AuditReport {
  readonly id: string;
  readonly authorityArn: string;
  readonly format: AuditReportFormat;
  readonly bucket: string;
  /** `audit-report/<CA id>/<report id>.json` */
  readonly key: string;
  readonly createdAtMs: number;
  /** CREATING until then; milliseconds of the virtual clock. */
  readonly readyAtMs: number;
  readonly content: string;
}

const columns = [
  'awsAccountId', 'requestedByServicePrincipal', 'certificateArn', 'serial', 'subject', 'notBefore', 'notAfter', 'issuedAt', 'revokedAt',
  'revocationReason', 'templateArn',
] as const;
type Row = Partial<Record<(typeof columns)[number], string>>;

/** The report's text over certificates in the order of their issue; what failed or is still being signed is left out. */
export function auditReportText(certificates: readonly IssuedCertificate[], format: AuditReportFormat, nowMs: number): string {
  const rows = certificates.filter(({ hasFailed, visibleAtMs }) => !hasFailed && visibleAtMs <= nowMs).map(rowOf);
  if (format === 'JSON') return JSON.stringify(rows, undefined, 3);
  return [columns.join(','), ...rows.map((row) => columns.map((column) => field(row[column] ?? '')).join(','))].join('\n');
}

function rowOf({ arn, account, certificate, issuedAtMs, revocation, template }: IssuedCertificate): Row {
  const { subject, validFromDate, validToDate } = new X509Certificate(certificate);
  const region = arn.split(':')[3] ?? '';
  return given({
    awsAccountId: account,
    certificateArn: arn,
    serial: colonHex(arn.slice(arn.lastIndexOf('/') + 1)),
    // RFC 4514 writes the last RDN first.
    subject: (subject ?? '').split('\n').toReversed().join(','),
    notBefore: dateOf(validFromDate.getTime()),
    notAfter: dateOf(validToDate.getTime()),
    issuedAt: dateOf(issuedAtMs),
    revokedAt: revocation === undefined ? undefined : dateOf(revocation.atMs),
    revocationReason: revocation?.reason,
    templateArn: `arn:${partitionOf(region)}:acm-pca:::template/${template}/V1`,
  });
}

/** `2026-02-26T18:39:57+0000` */
function dateOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}

function field(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
