// Where must each alert fire, and where must it be silent? Two hours of pages for each, a minute apart, made by hand.
import { leaseName } from '../../src/kube/lease.ts';

export interface AlertCase {
  /** The page of the nth minute, where something is wrong. */
  readonly wrong: (minute: number) => string;
  /** The same, where all is well or heals by itself. */
  readonly well: (minute: number) => string;
}

export const minutes = 120;

const series = (name: string, labels: Readonly<Record<string, string>>, value: number): string =>
  `${name}{${Object.entries(labels).map(([label, text]) => `${label}="${text}"`).join(',')}} ${value}\n`;

const ready = (value: number): string => series('pca_issuer_issuer_ready', { kind: 'AWSPCAClusterIssuer', namespace: '', name: 'mesh-root' }, value);
const leads = (value: number): string => series('leader_election_master_status', { name: leaseName }, value);
const queue = (value: number): string => series('workqueue_depth', { name: 'certificaterequest', controller: 'certificaterequest' }, value);
const parked = (value: number): string => series('pca_issuer_parked_requests', { cause: 'permission' }, value);
const paid = (lost: number): string => series('pca_issuer_ambiguous_issues_total', {}, lost) + series('pca_issuer_second_issues_total', {}, 0);
const endsInDays = (days: number): string => series('pca_issuer_certificate_authority_not_after_seconds', { arn: 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/1' }, Math.floor(Date.now() / 1_000) + days * 86_400);
const rootEndsInDays = (days: number): string => series('pca_issuer_root_not_after_seconds', { arn: 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/1', root: 'ab' }, Math.floor(Date.now() / 1_000) + days * 86_400);
const oldest = (seconds: number): string => series('pca_issuer_oldest_request_seconds', {}, seconds);
const calls = (ok: number, throttled: number): string =>
  [['ok', ok], ['ThrottlingException', throttled]].map(([code, count]) => series('pca_issuer_aws_calls_total', { operation: 'IssueCertificate', code: String(code) }, Number(count))).join('');
const took = (within: number, all: number): string => [['60', within], ['120', all], ['+Inf', all]].map(([le, count]) => series('pca_issuer_issuance_seconds_bucket', { phase: 'total', le: String(le) }, Number(count))).join('');
const held = (count: number): string => series('pca_issuer_held_requests_total', { reason: 'renewal-loop' }, count);
const renewalInHours = (hours: number): string => series('certmanager_certificate_renewal_timestamp_seconds', { issuer_group: 'awspca.cert-manager.io', namespace: 'istio-system', name: 'cacerts' }, Math.floor(Date.now() / 1_000) + hours * 3_600);

export const alertCases: Readonly<Record<string, AlertCase>> = {
  PcaIssuerNotReady: { wrong: () => ready(0), well: () => ready(1) },
  PcaIssuerPaidTwice: { wrong: (minute) => paid(minute < minutes - 5 ? 0 : 1), well: () => paid(7) },
  PcaIssuerParked: { wrong: () => parked(3), well: () => parked(0) },
  PcaIssuerCertificateAuthorityEnds: { wrong: () => endsInDays(119), well: () => endsInDays(121) },
  PcaIssuerRootEnds: { wrong: () => rootEndsInDays(364), well: () => rootEndsInDays(366) },
  PcaIssuerQueueStands: { wrong: () => queue(5) + leads(1), well: (minute) => queue(minute % 5) + leads(1) },
  PcaIssuerRequestsStuck: { wrong: (minute) => oldest(minute * 60), well: (minute) => oldest((minute % 20) * 60) },
  PcaIssuerThrottled: { wrong: (minute) => calls(minute * 80, minute * 20), well: (minute) => calls(minute * 80, minute * 2) },
  PcaIssuerSlow: { wrong: (minute) => took(minute, minute * 10), well: (minute) => took(minute * 10, minute * 10) },
  PcaIssuerRenewalLoop: { wrong: (minute) => held(minute < minutes - 5 ? 0 : 1), well: () => held(4) },
  PcaIssuerLeaderChanges: { wrong: (minute) => leads(minute % 10 === 0 ? 0 : 1), well: (minute) => leads(minute === 90 ? 0 : 1) },
  PcaIssuerCertificateNotRenewed: { wrong: () => renewalInHours(-7), well: () => renewalInHours(1) },
  PcaIssuerNoLeader: { wrong: () => leads(0), well: () => leads(1) },
};
