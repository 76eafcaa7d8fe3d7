// Which alerts are worth a pager? Rules for Prometheus, as docs/metrics.md shows them.
import { leaseName } from '../../src/kube/lease.ts';

export interface Alert {
  readonly name: string;
  /** PromQL. */
  readonly expression: string;
  /** How long it holds before it alerts, such as 10m. */
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
}

export const alerts: readonly Alert[] = [
  {
    name: 'PcaIssuerNotReady',
    expression: 'max by (kind, namespace, name) (pca_issuer_issuer_ready) == 0',
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.kind }} {{ $labels.namespace }}/{{ $labels.name }} is not Ready, so it issues nothing. Its Ready condition says why.',
  },
  {
    name: 'PcaIssuerPaidTwice',
    expression: 'sum(increase(pca_issuer_ambiguous_issues_total[15m])) + sum(increase(pca_issuer_second_issues_total[15m])) > 0',
    for: '0m',
    severity: 'warning',
    summary: 'A certificate may have been ordered twice: AWS did not answer for minutes, or returned one that fails the proof. The log names the request.',
  },
  {
    name: 'PcaIssuerParked',
    expression: 'sum by (cause) (pca_issuer_parked_requests) > 0',
    for: '15m',
    severity: 'warning',
    summary: '{{ $value }} requests have waited for 15 minutes because of {{ $labels.cause }}. The Ready condition of each says for whom.',
  },
  {
    name: 'PcaIssuerCertificateAuthorityEnds',
    expression: 'min by (arn) (pca_issuer_certificate_authority_not_after_seconds) - time() < 120 * 86400',
    for: '1h',
    severity: 'warning',
    summary: '{{ $labels.arn }} ends in {{ $value | humanizeDuration }}. Requests that would outlive it wait.',
  },
  {
    name: 'PcaIssuerRootEnds',
    // A year: every cluster and workload has to trust the new root before the old one ends.
    expression: 'min by (root) (pca_issuer_root_not_after_seconds) - time() < 365 * 86400',
    for: '1h',
    severity: 'warning',
    summary: 'The root with SHA-256 {{ $labels.root }} ends in {{ $value | humanizeDuration }}, and all that it signed with it. Roll out its successor while both are in force.',
  },
  {
    name: 'PcaIssuerQueueStands',
    // A standby has a queue too, from which nobody takes.
    expression: `min_over_time(workqueue_depth{name="certificaterequest"}[10m]) > 0 and on (job, instance) leader_election_master_status{name="${leaseName}"} == 1`,
    for: '5m',
    severity: 'warning',
    summary: 'The queue of requests was never empty for 10 minutes: more comes in than the quota of AWS or the workers take.',
  },
  {
    name: 'PcaIssuerNoLeader',
    expression: `(max(leader_election_master_status{name="${leaseName}"}) or vector(0)) < 1`,
    for: '2m',
    severity: 'critical',
    summary: 'No replica leads, so nothing is issued.',
  },
  {
    name: 'PcaIssuerRequestsStuck',
    expression: 'max(pca_issuer_oldest_request_seconds) > 1800',
    for: '10m',
    severity: 'warning',
    summary: 'An approved request has waited for {{ $value | humanizeDuration }}. Its Ready condition says for what.',
  },
  {
    name: 'PcaIssuerThrottled',
    expression: 'sum by (operation) (rate(pca_issuer_aws_calls_total{code=~"Throttling.*|RequestThrottled.*|TooManyRequests.*|RequestLimitExceeded.*"}[15m])) / sum by (operation) (rate(pca_issuer_aws_calls_total[15m])) > 0.1',
    for: '15m',
    severity: 'warning',
    summary: 'AWS throttles {{ $value | humanizePercentage }} of the calls of {{ $labels.operation }}: others use the same quota.',
  },
  {
    name: 'PcaIssuerSlow',
    expression: 'histogram_quantile(0.9, sum by (le) (rate(pca_issuer_issuance_seconds_bucket{phase="total"}[15m]))) > 60',
    for: '15m',
    severity: 'warning',
    summary: 'One certificate in ten takes longer than a minute. The phases on the dashboard say where.',
  },
  {
    name: 'PcaIssuerRenewalLoop',
    expression: 'sum(increase(pca_issuer_held_requests_total{reason="renewal-loop"}[1h])) > 0',
    for: '0m',
    severity: 'warning',
    summary: 'A Certificate renews again and again, and each one is billed. It is slowed down; the Event on its request names it.',
  },
  {
    name: 'PcaIssuerLeaderChanges',
    expression: `sum(changes(leader_election_master_status{name="${leaseName}"}[1h])) > 4`,
    for: '0m',
    severity: 'warning',
    summary: 'The leader has changed again and again within the hour: the API server is slow, or pods are evicted or killed.',
  },
  {
    name: 'PcaIssuerCertificateNotRenewed',
    // Of cert-manager's own metrics.
    expression: 'time() - (certmanager_certificate_renewal_timestamp_seconds{issuer_group="awspca.cert-manager.io"} > 0) > 6 * 3600',
    for: '15m',
    severity: 'critical',
    summary: 'Certificate {{ $labels.namespace }}/{{ $labels.name }} should have been renewed {{ $value | humanizeDuration }} ago.',
  },
];
