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

export const alertCases: Readonly<Record<string, AlertCase>> = {
  PcaIssuerNotReady: { wrong: () => ready(0), well: () => ready(1) },
  PcaIssuerPaidTwice: { wrong: (minute) => paid(minute < minutes - 5 ? 0 : 1), well: () => paid(7) },
  PcaIssuerParked: { wrong: () => parked(3), well: () => parked(0) },
  PcaIssuerCertificateAuthorityEnds: { wrong: () => endsInDays(119), well: () => endsInDays(121) },
  PcaIssuerQueueStands: { wrong: () => queue(5) + leads(1), well: (minute) => queue(minute % 5) + leads(1) },
  PcaIssuerNoLeader: { wrong: () => leads(0), well: () => leads(1) },
};
