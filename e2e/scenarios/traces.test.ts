// What a request tells of its certificate is enough to revoke it, and to find it in AWS's audit report.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { ACMPCAClient, CreateCertificateAuthorityAuditReportCommand, RevokeCertificateCommand } from '@aws-sdk/client-acm-pca';
import { account, region } from '../../hack/world/trust.ts';
import { encodedCsr } from '../harness/csr.ts';
import { scenario } from '../harness/scenario.ts';

const prefix = 'aws-privateca-issuer/';

scenario('the arguments of aws acm-pca revoke-certificate stand on the request, and its audit report has the same', 'approving', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await s.request('leaf', { request: encodedCsr({ subject: 'checkout' }), duration: '24h', usages: ['client auth', 'server auth'], issuerRef });
  const issued = await s.requestWith('leaf', 'Issued');
  const traces = issued.metadata.annotations ?? {};
  const [authority = '', serial = ''] = [traces[`${prefix}certificate-authority-arn`], traces[`${prefix}certificate-serial`]];
  const certificate = new X509Certificate(Buffer.from(issued['status'].certificate as string, 'base64'));
  assert.equal(authority, arn);
  assert.equal(BigInt(`0x${serial}`), BigInt(`0x${certificate.serialNumber}`));
  assert.equal(traces[`${prefix}template-name`], 'EndEntityCertificate/V1');
  assert.equal(Date.parse(traces[`${prefix}certificate-not-after`] ?? ''), certificate.validToDate.getTime());

  const { accessKeyId, secretAccessKey } = await s.emulator.createAccessKey({ account, user: 'auditor' });
  const aws = new ACMPCAClient({ region, endpoint: s.emulator.url, credentials: { accessKeyId, secretAccessKey } });
  await aws.send(new RevokeCertificateCommand({ CertificateAuthorityArn: authority, CertificateSerial: serial, RevocationReason: 'SUPERSEDED' }));
  await aws.send(new CreateCertificateAuthorityAuditReportCommand({ CertificateAuthorityArn: authority, S3BucketName: 'audits', AuditReportResponseFormat: 'JSON' }));
  aws.destroy();
  const [report] = await s.emulator.auditReports(arn);
  const rows = JSON.parse(report?.content ?? '[]') as readonly Readonly<Record<string, string>>[];
  const row = rows.find((each) => each['serial']?.replaceAll(':', '') === serial);
  assert.equal(row?.['certificateArn'], traces[`${prefix}certificate-arn`]);
  assert.equal(row?.['revocationReason'], 'SUPERSEDED');
  assert.ok(row?.['templateArn']?.endsWith(`/${traces[`${prefix}template-name`]}`));
  assert.equal(Date.parse(row?.['notAfter'] ?? ''), Date.parse(traces[`${prefix}certificate-not-after`] ?? ''));
});
