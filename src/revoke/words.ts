// What a person reads before saying yes: what is revoked, who hangs from it, and what will and will not notice.
import { describeDuration } from '../domain/duration.ts';
import type { AuthorityArn } from '../domain/authority.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Dependents } from './find-dependents.ts';
import type { Subject } from './find-target.ts';
import type { Reason } from './reasons.ts';

export interface Plan {
  readonly leaf: CertificateFacts;
  readonly authority: AuthorityArn;
  readonly serial: string;
  readonly reason: Reason;
  readonly subject: Subject | undefined;
  readonly secretName: string | undefined;
  readonly dependents: Dependents;
  /** undefined: it could not be asked. */
  readonly lists: { readonly hasCrl: boolean; readonly hasOcsp: boolean } | undefined;
  readonly renewal: 'none' | 'new-key' | 'same-key';
  readonly now: Date;
}

/** Where `cacerts` may be served from is no matter of names: any CA certificate can be an intermediate of a mesh. */
export function describePlan(plan: Plan): string {
  const { leaf, authority, serial, reason, subject, secretName } = plan;
  const row = (title: string, text: string): string => `  ${title.padEnd(13)}${text}`;
  const where = subject === undefined ? [] : [row('in', `${subject.kind} ${subject.namespace}/${subject.name}${secretName === undefined || subject.kind === 'Secret' ? '' : `, Secret ${secretName}`}`)];
  return [
    'This certificate will be revoked:',
    row('subject', leaf.subject === '' ? '(empty)' : leaf.subject),
    row('kind', leaf.isCA ? `CA${leaf.pathLength === undefined ? '' : `, path length ${leaf.pathLength}`}, ${leaf.publicKey.name}` : `no CA, ${leaf.publicKey.name}`),
    row('serial', serial),
    row('issued by', `${leaf.issuer}, ${authority.arn}`),
    row('until', endOf(plan)),
    row('reason', reason),
    ...where,
    '',
    'Who hangs from it:',
    ...hangs(plan),
    '',
    'What will notice, and what will not:',
    ...consequences(plan),
    ...(plan.renewal === 'none' ? [] : ['', plan.renewal === 'new-key' ? 'Then its Certificate is marked for renewal: it gets another certificate with another key.' : 'Then its Certificate is marked for renewal, but its rotationPolicy is Never: the new certificate will have THE SAME KEY. If the key is compromised, set privateKey.rotationPolicy: Always first.']),
  ].join('\n');
}

function endOf({ leaf, now }: Plan): string {
  const leftMs = leaf.notAfter.getTime() - now.getTime();
  return `${leaf.notAfter.toISOString().replace('.000Z', 'Z')}${leftMs > 0 ? ` (${describeDuration(leftMs)})` : ' (it has ended)'}`;
}

const mostNames = 8;

function hangs({ leaf, dependents: { pods, issuers, certificates, notes }, secretName }: Plan): readonly string[] {
  const some = (names: readonly string[]): string => (names.length > mostNames ? `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more` : names.join(', '));
  const lines = [
    ...(leaf.isCA ? ['  - every certificate that its key has signed: with istiod, all workloads of this cluster'] : []),
    ...(pods.length === 0 ? [] : [`  - Pods that mount the Secret: ${some(pods)}`]),
    ...(issuers.length === 0 ? [] : [`  - cert-manager issuers that sign with it: ${some(issuers)}`]),
    ...(certificates.length === 0 ? [] : [`  - Certificates of those issuers: ${some(certificates)}`]),
    ...notes.map((note) => `  ? ${note}`),
  ];
  if (lines.length > 0) return lines;
  return [secretName === undefined ? '  ? nothing in this cluster was looked at' : '  nobody that this cluster shows: no Pod mounts its Secret, no issuer signs with it'];
}

function consequences({ leaf, lists }: Plan): readonly string[] {
  const published = lists === undefined ? 'whether this CA publishes a CRL or answers OCSP could not be asked' : publishing(lists);
  const outside = `  - Whoever asks AWS for revocations will: ${published}.`;
  if (!leaf.isCA) return [outside, '  - Istio and cert-manager will not: neither asks. The Secret stays as it is until it is renewed or deleted.'];
  return [
    outside,
    '  - istiod will not: it goes on signing with this intermediate. Proxies and ztunnel will not: they go on accepting what it',
    `    signed, until it ends at ${leaf.notAfter.toISOString().slice(0, 10)}. Istio reads a CRL only from ca-crl.pem of a \`cacerts\` in the older layout, and only`,
    '    if every CA of the chain has signed one in it, this intermediate included; AWS has no CRL of the intermediate.',
    '  - What does cut a compromised cluster off: leave it out of the others\' endpoints (its remote Secret, its east-west gateway)',
    '    now, and let the intermediate end. The other clusters, and their intermediates, stay untouched.',
  ];
}

function publishing({ hasCrl, hasOcsp }: { readonly hasCrl: boolean; readonly hasOcsp: boolean }): string {
  if (!hasCrl && !hasOcsp) return 'but this CA publishes no CRL and answers no OCSP, so the revocation stands only in its audit report';
  return `this CA ${[...(hasCrl ? ['publishes a CRL, mostly within 30 minutes'] : []), ...(hasOcsp ? ['answers OCSP'] : [])].join(' and ')}`;
}
