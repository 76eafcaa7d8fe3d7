// The report for programs. Certificates are named by their hashes; nothing here comes from a private key.
import type { CertificateFacts } from '../pki/certificate.ts';
import { allFindings, exitCodeOf, type Report } from './report.ts';

export function renderJson(report: Report): string {
  const clusters = report.clusters.map(({ name, view, findings }) => ({
    name,
    layout: view.layout,
    /** The signing certificate first, the root last. */
    path: view.path.map(describe),
    roots: view.roots.certificates.map(describe),
    renewBeforeSeconds: view.input.renewBeforeMs === undefined ? null : view.input.renewBeforeMs / 1_000,
    handedOutIn: view.input.handedOut.map(({ namespace }) => namespace),
    findings,
  }));
  const sum = { errors: count(report, 'error'), warnings: count(report, 'warning') };
  return JSON.stringify({ at: report.now.toISOString(), isGood: exitCodeOf(report) === 0, ...sum, clusters, passages: report.passages.map((each) => ({ ...each, why: each.why ?? null })), findings: report.mesh }, null, 2);
}

function describe({ subject, issuer, serial, sha256, isCA, pathLength, publicKey, notBefore, notAfter, isSelfSigned }: CertificateFacts): object {
  return {
    subject, issuer, serial, sha256, isCA, isSelfSigned, pathLength: pathLength ?? null, keyAlgorithm: publicKey.name,
    notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(),
  };
}

function count(report: Report, level: 'error' | 'warning'): number {
  return allFindings(report).filter((finding) => finding.level === level).length;
}
