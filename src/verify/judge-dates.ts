// Does it hold today, for as long as a workload certificate lasts, and is it renewed in time?
import { describeDuration } from '../domain/duration.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { found, type Finding } from './finding.ts';
import { nameOf } from './judge-key.ts';
import type { SecretView } from './look-at-secret.ts';

export interface Clockwork {
  readonly now: Date;
  readonly workloadTtlMs: number;
}

/** cert-manager takes its time, and so does AWS. */
const graceMs = 10 * 60_000;
const look = 'Look at the Certificate and its CertificateRequest (kubectl describe): what they say is in docs/troubleshooting.md.';

export function judgeDates({ path, signing, input, chain }: SecretView, { now, workloadTtlMs }: Clockwork): readonly Finding[] {
  const findings = path.flatMap((each) => outside(each, now));
  const end = endOf(path);
  if (signing === undefined || end === undefined || findings.length > 0) return findings;
  const leftMs = end.notAfter.getTime() - now.getTime();
  if (leftMs < workloadTtlMs) {
    findings.push(found('ends-before-workloads', nameOf(end), `${nameOf(end)} ends at ${text(end.notAfter)}, in ${describeDuration(leftMs)}: sooner than a workload certificate of ${describeDuration(workloadTtlMs)} issued now. istiod before 1.28.7 issues it all the same, and it fails with its CA; later ones issue shorter and shorter ones.`, look));
  }
  if (signing.notAfter > end.notAfter) {
    findings.push(found('outlives-its-issuer', chain.name, `${nameOf(signing)} ends at ${text(signing.notAfter)}, but ${nameOf(end)} above it at ${text(end.notAfter)} already; from then on neither holds.`, `Renew ${nameOf(end)} first, then the Certificate.`));
  }
  return [...findings, ...renewalFaults(signing, input.renewBeforeMs, { now, workloadTtlMs }, chain.name)];
}

/** Who of them ends first. */
export function endOf(path: readonly CertificateFacts[]): CertificateFacts | undefined {
  return path.toSorted((left, right) => left.notAfter.getTime() - right.notAfter.getTime())[0];
}

function outside(certificate: CertificateFacts, now: Date): Finding[] {
  const { notBefore, notAfter } = certificate;
  if (notAfter <= now) return [found('expired', nameOf(certificate), `${nameOf(certificate)} ended at ${text(notAfter)}: istiod does not start with it, and peers refuse what stands below it.`, certificate.isSelfSigned ? 'A root that has ended can only be replaced: docs/guides tell how a root is changed.' : look)];
  if (notBefore > now) return [found('not-yet-valid', nameOf(certificate), `${nameOf(certificate)} starts only at ${text(notBefore)}.`, 'Compare the clocks; a CA that starts later can be used later.')];
  return [];
}

function renewalFaults(signing: CertificateFacts, renewBeforeMs: number | undefined, { now, workloadTtlMs }: Clockwork, about: string): readonly Finding[] {
  if (renewBeforeMs === undefined) return [];
  const findings: Finding[] = [];
  const due = new Date(signing.notAfter.getTime() - renewBeforeMs);
  if (due.getTime() + graceMs < now.getTime()) {
    findings.push(found('renewal-overdue', about, `${nameOf(signing)} should have been renewed at ${text(due)}, ${describeDuration(renewBeforeMs)} before its end at ${text(signing.notAfter)}, and was not.`, look));
  }
  if (renewBeforeMs < workloadTtlMs) {
    findings.push(found('renewed-too-late', about, `It is renewed ${describeDuration(renewBeforeMs)} before its end, later than a workload certificate lasts (${describeDuration(workloadTtlMs)}): workload certificates from before the renewal end with the old intermediate.`, 'Set renewBefore to more than the workload TTL, with days to notice trouble: 720h of 2160h, or 72h of 168h.'));
  }
  return findings;
}

/** To the second, for people and for `date -d`. */
export function text(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
