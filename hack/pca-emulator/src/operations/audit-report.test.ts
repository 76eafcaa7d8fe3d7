import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateCertificateAuthorityAuditReportCommand, DescribeCertificateAuthorityAuditReportCommand, RevokeCertificateCommand, type AuditReportResponseFormat,
} from '@aws-sdk/client-acm-pca';
import { account, startWorld } from '../fixtures/running-emulator.ts';
import { makeSigningRequest } from '../fixtures/signing-request.ts';

const reports = mkdtempSync(join(tmpdir(), 'pca-reports-'));
after(() => rmSync(reports, { recursive: true }));
const world = await startWorld({ reports });
const { admin } = world;
const create = (format: AuditReportResponseFormat, bucket = 'audits') =>
  world.sdk.send(new CreateCertificateAuthorityAuditReportCommand({ CertificateAuthorityArn: world.ca, S3BucketName: bucket, AuditReportResponseFormat: format }));
const describe = async (id: string | undefined, ca = world.ca) =>
  world.sdk.send(new DescribeCertificateAuthorityAuditReportCommand({ CertificateAuthorityArn: ca, AuditReportId: id }));
const halfHour = 30 * 60_000;

const first = await world.issue({ Csr: Buffer.from(makeSigningRequest({ subject: { Organization: 'Example, "Inc"', CommonName: 'a' } })) });
const second = await world.issue({ TemplateArn: 'arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1' });
await world.sdk.send(new RevokeCertificateCommand({ CertificateAuthorityArn: world.ca, CertificateSerial: second.replace(/^.*\//, ''), RevocationReason: 'SUPERSEDED' }));

test('a JSON report has a row a certificate, with template, dates and revocation', async () => {
  const { AuditReportId: id, S3Key: key } = await create('JSON');
  assert.equal(key, `audit-report/${world.ca.replace(/^.*\//, '')}/${id}.json`);
  const [report] = await admin.auditReports(world.ca);
  const rows = JSON.parse(report?.content ?? '') as Record<string, string>[];
  assert.deepEqual(rows.map(({ certificateArn }) => certificateArn), [first, second]);
  const [{ notBefore, notAfter, issuedAt, ...fixed } = {}, { revokedAt, revocationReason, templateArn } = {}] = rows;
  assert.deepEqual(fixed, {
    awsAccountId: account, certificateArn: first, serial: first.replace(/^.*\//, '').replaceAll(/..(?=.)/g, '$&:'),
    subject: String.raw`CN=a,O=Example\, \"Inc\"`, templateArn: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1',
  });
  for (const date of [notBefore, notAfter, issuedAt, revokedAt]) assert.match(date ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
  assert.deepEqual([revocationReason, templateArn], ['SUPERSEDED', 'arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1']);
  assert.equal(readFileSync(join(reports, 'audits', key ?? ''), 'utf8'), report?.content);
});

test('a second report within half an hour of the virtual clock is refused, a later one is not', async () => {
  await assert.rejects(create('CSV'), { name: 'RequestInProgressException' });
  await admin.clock({ offsetMs: halfHour + 1000 });
  assert.match((await create('CSV')).S3Key ?? '', /\.csv$/);
});

test('a CSV report has the same rows under AWS\'s heads, with quotes where a value needs them', async () => {
  const lines = (await admin.auditReports(world.ca))[1]?.content.split('\n') ?? [];
  assert.equal(lines[0], 'awsAccountId,requestedByServicePrincipal,certificateArn,serial,subject,notBefore,notAfter,issuedAt,revokedAt,revocationReason,templateArn');
  assert.match(lines[1] ?? '', /^111122223333,,arn:[^,]*,[0-9a-f:]{47},"CN=a,O=Example\\, \\""Inc\\""",/);
  assert.match(lines[2] ?? '', /,SUPERSEDED,arn:aws:acm-pca:::template\/SubordinateCACertificate_PathLen0\/V1$/);
});

test('a report is CREATING for a while, then SUCCESS, and belongs to its CA', async () => {
  await admin.settings({ auditReportMs: 60_000 });
  await admin.clock({ offsetMs: 3 * halfHour });
  const { AuditReportId: id, S3Key: key } = await create('JSON');
  const early = await describe(id);
  await admin.clock({ advanceMs: 60_000 });
  const late = await describe(id);
  assert.deepEqual([early.AuditReportStatus, late.AuditReportStatus, late.S3Key, late.S3BucketName, late.CreatedAt instanceof Date], ['CREATING', 'SUCCESS', key, 'audits', true]);
  await assert.rejects(describe(id, world.root), { name: 'ResourceNotFoundException' });
});

test('what is no bucket leads nowhere, and a CA that is being made has nothing to report', async () => {
  await assert.rejects(create('JSON', '../../etc'), { name: 'InvalidArgsException' });
  await admin.setStatus(world.ca, 'PENDING_CERTIFICATE');
  await assert.rejects(create('JSON'), { name: 'InvalidStateException' });
});
