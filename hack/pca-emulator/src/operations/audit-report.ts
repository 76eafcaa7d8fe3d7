// CreateCertificateAuthorityAuditReport and its Describe: one report in half an hour for each CA, to a folder where AWS has S3.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { auditReportText, type AuditReport, type AuditReportFormat } from '../audit/audit-report.ts';
import { authorityId, statusOf, type Authority } from '../authorities/authority.ts';
import { ApiError } from '../wire/api-error.ts';
import { authorityOf, type Call } from './call.ts';

export interface CreateAuditReportInput {
  readonly CertificateAuthorityArn: string;
  readonly S3BucketName: string;
  readonly AuditReportResponseFormat: AuditReportFormat;
}

export interface DescribeAuditReportInput {
  readonly CertificateAuthorityArn: string;
  readonly AuditReportId: string;
}

const pauseMs = 30 * 60_000;
const bucketForm = /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/;

/** @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, InvalidState, InvalidArgs (bucket), RequestInProgress within 30 minutes of the last one */
export function createAuditReport(input: CreateAuditReportInput, call: Call): { readonly AuditReportId: string; readonly S3Key: string } {
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  const { store, nowMs, settings, reports } = call;
  const { S3BucketName: bucket, AuditReportResponseFormat: format } = input;
  checkState(authority, nowMs);
  if (!bucketForm.test(bucket)) throw new ApiError('InvalidArgsException', `${bucket} is not the name of an S3 bucket.`);
  const isRecent = ({ authorityArn, createdAtMs }: AuditReport): boolean => authorityArn === authority.arn && Math.abs(nowMs - createdAtMs) < pauseMs;
  if (store.auditReports.values().some(isRecent)) {
    throw new ApiError('RequestInProgressException', 'An audit report was requested less than 30 minutes ago. You can generate one report every 30 minutes.');
  }
  const id = randomUUID();
  const key = `audit-report/${authorityId(authority.arn)}/${id}.${format.toLowerCase()}`;
  const issued = store.certificates.values().filter(({ authorityArn }) => authorityArn === authority.arn);
  const content = auditReportText(issued, format, nowMs);
  store.auditReports.put(id, { id, authorityArn: authority.arn, format, bucket, key, content, createdAtMs: nowMs, readyAtMs: nowMs + settings.auditReportMs });
  if (reports !== undefined) {
    const path = join(reports, bucket, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return { AuditReportId: id, S3Key: key };
}

/** @throws ApiError InvalidArn, AccessDenied, ResourceNotFound (CA, report) */
export function describeAuditReport(input: DescribeAuditReportInput, call: Call): object {
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  const report = call.store.auditReports.get(input.AuditReportId);
  if (report?.authorityArn !== authority.arn) throw new ApiError('ResourceNotFoundException', `Could not find audit report ${input.AuditReportId}.`);
  return {
    AuditReportStatus: call.nowMs < report.readyAtMs ? 'CREATING' : 'SUCCESS',
    S3BucketName: report.bucket,
    S3Key: report.key,
    CreatedAt: report.createdAtMs / 1000,
  };
}

function checkState(authority: Authority, nowMs: number): void {
  const status = statusOf(authority, nowMs);
  if (status === 'ACTIVE' || status === 'DISABLED' || status === 'EXPIRED') return;
  throw new ApiError('InvalidStateException', `The certificate authority ${authority.arn} is not in the correct state to create an audit report.`);
}
