// What does a person with a pager look at, in which order? The panels of the Grafana dashboard; dashboard.ts writes its JSON.
import { leaseName } from '../../src/kube/lease.ts';

export interface Query {
  /** PromQL; Grafana puts its own words in for $job and $__rate_interval. */
  readonly expression: string;
  /** With {{label}} for the value of a label. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'stat' | 'timeseries';
  /** As Grafana calls it. */
  readonly unit: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** Of a stat: from there on it is red; with `isLowBad` below it. */
  readonly red?: number;
  readonly isLowBad?: boolean;
  readonly isStacked?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const own = 'job=~"$job"';
const rate = (metric: string, labels = ''): string => `rate(${metric}{${own}${labels}}[$__rate_interval])`;
const quantile = (share: number, by: string, metric: string, labels = ''): string => `histogram_quantile(${share}, sum by (${[by, 'le'].filter((each) => each !== '').join(', ')}) (${rate(`${metric}_bucket`, labels)}))`;
const requests = ', name="certificaterequest"';

export const rows: readonly Row[] = [
  {
    title: 'Is it well?',
    panels: [
      { title: 'Leaders', kind: 'stat', unit: 'none', red: 1, isLowBad: true, description: 'One replica works. None: nothing is issued.', queries: [{ expression: `sum(leader_election_master_status{${own}, name="${leaseName}"})`, legend: 'leaders' }] },
      { title: 'Issuers not Ready', kind: 'stat', unit: 'none', red: 1, description: 'Their Ready condition says why.', queries: [{ expression: `count(max by (kind, namespace, name) (pca_issuer_issuer_ready{${own}}) == 0) or vector(0)`, legend: 'not Ready' }] },
      { title: 'Parked requests', kind: 'stat', unit: 'none', red: 1, description: 'They wait together until a call like theirs passes.', queries: [{ expression: `sum(pca_issuer_parked_requests{${own}})`, legend: 'parked' }] },
      { title: 'Oldest request', kind: 'stat', unit: 's', red: 300, description: 'For how long the oldest unfinished request is known.', queries: [{ expression: `max(pca_issuer_oldest_request_seconds{${own}})`, legend: 'oldest' }] },
      { title: 'First CA ends in', kind: 'stat', unit: 's', red: 90 * 86_400, isLowBad: true, description: 'Requests that would outlive their CA wait.', queries: [{ expression: `min(pca_issuer_certificate_authority_not_after_seconds{${own}}) - time()`, legend: 'left' }] },
      { title: 'First root ends in', kind: 'stat', unit: 's', red: 365 * 86_400, isLowBad: true, description: 'All below it ends with it. A new one has to be trusted everywhere before.', queries: [{ expression: `min(pca_issuer_root_not_after_seconds{${own}}) - time()`, legend: 'left' }] },
      { title: 'Perhaps paid twice, last day', kind: 'stat', unit: 'none', red: 1, description: 'Orders repeated after AWS may have forgotten their token, and second certificates after one that failed the proof.', queries: [{ expression: `sum(increase(pca_issuer_ambiguous_issues_total{${own}}[1d])) + sum(increase(pca_issuer_second_issues_total{${own}}[1d]))`, legend: 'orders' }] },
      { title: 'Version', kind: 'stat', unit: 'none', description: 'How many replicas run which version, on which Node.', queries: [{ expression: `count by (version, node) (pca_issuer_build_info{${own}})`, legend: '{{version}}, node {{node}}' }] },
    ],
  },
  {
    title: 'Issuing',
    panels: [
      { title: 'Statuses written', kind: 'timeseries', unit: 'cpm', isStacked: true, description: 'Per minute, by outcome. failed is final; waiting, parked and retry heal by themselves.', queries: [{ expression: `sum by (outcome) (${rate('pca_issuer_outcomes_total')}) * 60`, legend: '{{outcome}}' }] },
      { title: 'Seconds to issue', kind: 'timeseries', unit: 's', description: 'From approval to the written status.', queries: [0.5, 0.9, 0.99].map((share) => ({ expression: quantile(share, '', 'pca_issuer_issuance_seconds', ', phase="total"'), legend: `p${share * 100}` })) },
      { title: 'Phases, p90', kind: 'timeseries', unit: 's', description: 'order: rate limit, queue, parking. signing: AWS. publish: the API server.', queries: [{ expression: quantile(0.9, 'phase', 'pca_issuer_issuance_seconds', ', phase!="total"'), legend: '{{phase}}' }] },
      { title: 'Parked by cause', kind: 'timeseries', unit: 'none', isStacked: true, description: 'credentials, permission, authority (the state of the CA), network.', queries: [{ expression: `sum by (cause) (pca_issuer_parked_requests{${own}})`, legend: '{{cause}}' }] },
      { title: 'Held back before the order', kind: 'timeseries', unit: 'cpm', description: 'Per minute: the limit of an issuer, or a Certificate that renews in circles.', queries: [{ expression: `sum by (reason) (${rate('pca_issuer_held_requests_total')}) * 60`, legend: '{{reason}}' }] },
      {
        title: 'Queue of requests',
        kind: 'timeseries',
        unit: 'none',
        description: 'Ready and taken by nobody; workers that are busy, and all of them.',
        queries: [
          { expression: `sum(workqueue_depth{${own}${requests}})`, legend: 'waiting' },
          { expression: `sum(controller_runtime_active_workers{${own}, controller="certificaterequest"})`, legend: 'busy workers' },
          { expression: `max(controller_runtime_max_concurrent_reconciles{${own}, controller="certificaterequest"})`, legend: 'workers' },
        ],
      },
    ],
  },
  {
    title: 'AWS',
    panels: [
      { title: 'Calls', kind: 'timeseries', unit: 'reqps', description: 'By operation and code. ThrottlingException now and then is how the rate is found.', queries: [{ expression: `sum by (operation, code) (${rate('pca_issuer_aws_calls_total')})`, legend: '{{operation}} {{code}}' }] },
      { title: 'Seconds a call, p99', kind: 'timeseries', unit: 's', description: 'A call is given up after 10 s.', queries: [{ expression: quantile(0.99, 'operation', 'pca_issuer_aws_call_seconds'), legend: '{{operation}}' }] },
      { title: 'Calls in flight', kind: 'timeseries', unit: 'none', description: 'Near --max-aws-calls-in-flight for long: AWS is slow, or an endpoint hangs.', queries: [{ expression: `sum(pca_issuer_aws_calls_in_flight{${own}})`, legend: 'in flight' }] },
      { title: 'Allowed calls a second', kind: 'timeseries', unit: 'reqps', description: 'Below the flag of the operation: AWS has throttled us.', queries: [{ expression: `max by (account, region, operation) (pca_issuer_rate_limit{${own}})`, legend: '{{account}} {{region}} {{operation}}' }] },
      { title: 'Wait for a turn, p99', kind: 'timeseries', unit: 's', description: 'More is asked for than the quota gives.', queries: [{ expression: quantile(0.99, 'operation', 'pca_issuer_rate_limit_wait_seconds'), legend: '{{operation}}' }] },
    ],
  },
  {
    title: 'Issuers and CAs',
    panels: [
      { title: 'Issuer Ready', kind: 'timeseries', unit: 'bool_yes_no', description: '1: Ready.', queries: [{ expression: `max by (kind, namespace, name) (pca_issuer_issuer_ready{${own}})`, legend: '{{kind}} {{namespace}}/{{name}}' }] },
      {
        title: 'Days left of each CA and root',
        kind: 'timeseries',
        unit: 'd',
        description: 'Renew or replace a CA before the longest certificate would outlive it. Roots go by their SHA-256.',
        queries: [
          { expression: `(min by (arn) (pca_issuer_certificate_authority_not_after_seconds{${own}}) - time()) / 86400`, legend: '{{arn}}' },
          { expression: `(min by (root) (pca_issuer_root_not_after_seconds{${own}}) - time()) / 86400`, legend: 'root {{root}}' },
        ],
      },
    ],
  },
  {
    title: 'Process',
    panels: [
      {
        title: 'Memory',
        kind: 'timeseries',
        unit: 'bytes',
        description: 'Resident, and what the heap holds.',
        queries: [
          { expression: `process_resident_memory_bytes{${own}}`, legend: '{{instance}} resident' },
          { expression: `nodejs_heap_size_used_bytes{${own}}`, legend: '{{instance}} heap' },
        ],
      },
      { title: 'CPU', kind: 'timeseries', unit: 'percentunit', description: 'Share of one core.', queries: [{ expression: rate('process_cpu_seconds_total'), legend: '{{instance}}' }] },
      { title: 'Event loop lag, p99', kind: 'timeseries', unit: 's', description: 'Above 5 s /livez/event-loop fails.', queries: [{ expression: `nodejs_eventloop_lag_p99_seconds{${own}}`, legend: '{{instance}}' }] },
      { title: 'Leader', kind: 'timeseries', unit: 'bool_yes_no', description: 'Which replica leads. Many changes: the API server is slow, or pods are evicted.', queries: [{ expression: `leader_election_master_status{${own}, name="${leaseName}"}`, legend: '{{instance}}' }] },
      { title: 'Calls to the API server', kind: 'timeseries', unit: 'reqps', description: 'By method and code.', queries: [{ expression: `sum by (method, code) (${rate('rest_client_requests_total')})`, legend: '{{method}} {{code}}' }] },
    ],
  },
];

export const queries: readonly Query[] = rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));
