// The metrics that only pca-issuer has: names, labels, meaning, and what to do when they move.
import type { Labels } from '../runtime/ports.ts';
import type { HistogramDescription, MetricDescription } from './metric-description.ts';

const each = (label: string, values: readonly string[]): readonly Labels[] => values.map((value) => ({ [label]: value }));

export const ourCounters = {
  pca_issuer_aws_calls_total: {
    help: 'Calls to AWS by operation and by code: ok, the name of the error, or unmapped for a name that is not in our table.',
    labels: ['operation', 'code'],
    act: 'A code other than `ok` that keeps growing: the condition of the issuer and the Pending requests carry AWS\'s own words. ThrottlingException now and then is how the rate is found.',
  },
  pca_issuer_ambiguous_issues_total: {
    help: 'IssueCertificate calls repeated after the time for which AWS remembers their token: each may have cost one more certificate.',
    labels: [],
    act: 'The answer to an order was lost, and AWS could not be asked again in time, or the issuer was edited meanwhile. Look at pca_issuer_aws_calls_total by code, and at the log for "one more certificate is possible".',
  },
  pca_issuer_second_issues_total: {
    help: 'Second certificates asked for because the first one failed the proof.',
    labels: [],
    act: 'AWS returned something else than was asked for. The log line "it is dropped, and one more is asked for" says what differed; compare the template and the CA.',
  },
  pca_issuer_outcomes_total: {
    help: 'Statuses written to CertificateRequests, by outcome.',
    labels: ['outcome'],
    starts: each('outcome', ['issued', 'failed', 'denied', 'waiting', 'parked', 'retry']),
    act: '`failed` is final and lies in the request: read the Ready condition of the CertificateRequest. `waiting`, `parked` and `retry` heal by themselves once their cause is gone.',
  },
  pca_issuer_held_requests_total: {
    help: 'Requests held back before they were ordered, by reason: the issuer\'s limit of certificates per hour, or a Certificate that renews again and again.',
    labels: ['reason'],
    starts: each('reason', ['limit', 'renewal-loop']),
    act: '`renewal-loop`: the Event on the request names the Certificate and what usually causes it. `limit`: raise requestPolicy.maxCertificatesPerHour, or find who asks for so many.',
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;

export const ourHistograms = {
  pca_issuer_issuance_seconds: {
    help: 'Seconds that a certificate took, by phase: order (from approval until AWS took the order), signing (until it was fetched), publish (until the status was written), total.',
    labels: ['phase'],
    starts: each('phase', ['order', 'signing', 'publish', 'total']),
    buckets: [0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 30, 60, 120, 300, 900, 3600],
    act: 'An approval is dated by the second, so `order` and `total` may be up to 1 s too long. `order` grows: look at the rate limit, the queue and what is parked. `signing` grows: AWS is slow. `publish` grows: the API server is slow.',
  },
  pca_issuer_aws_call_seconds: {
    help: 'Seconds that a call to AWS took, by operation.',
    labels: ['operation'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10],
    act: 'The network between the cluster and AWS, or AWS. A call is given up after 10 s.',
  },
  pca_issuer_rate_limit_wait_seconds: {
    help: 'Seconds that a call to AWS waited for its turn under the rate limit, by operation.',
    labels: ['operation'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    act: 'More is asked for than the quota of the account gives. Ask AWS for a higher quota and raise --aws-issue-rate, --aws-get-rate or --aws-describe-rate, or spread renewals.',
  },
} as const satisfies Readonly<Record<string, HistogramDescription>>;

export const ourGauges = {
  pca_issuer_aws_calls_in_flight: {
    help: 'Calls to AWS that have not been answered yet.',
    labels: [],
    act: 'Stays near --max-aws-calls-in-flight, or above it: AWS answers slowly, or an endpoint hangs and holds calls until their deadline of 10 s.',
  },
  pca_issuer_rate_limit: {
    help: 'Calls per second that are allowed now, by account and region of the CA and by operation.',
    labels: ['account', 'region', 'operation'],
    act: 'Below the flag of the operation: AWS throttled us, and somebody else may use the same quota. It climbs back by itself.',
  },
  pca_issuer_parked_requests: {
    help: 'Requests that wait together until a call like theirs passes, by cause: credentials, permission, authority (the state of the CA), network.',
    labels: ['cause'],
    starts: each('cause', ['credentials', 'permission', 'authority', 'network']),
    act: 'Read the Ready condition of one of them: it says who is waited for, and since when. They follow within seconds of the cure.',
  },
  pca_issuer_oldest_request_seconds: {
    help: 'Seconds for which this process has known the oldest approved request that is not finished; 0 where there is none.',
    labels: [],
    act: 'A request waits, for whatever reason: `kubectl get certificaterequests -A` shows those that are not Ready, and their condition says why.',
  },
  pca_issuer_certificate_authority_not_after_seconds: {
    help: 'When the certificate of a CA ends, in seconds since 1970.',
    labels: ['arn'],
    act: 'Renew or replace the CA in AWS before a request would outlive it; such a request waits.',
  },
  pca_issuer_root_not_after_seconds: {
    help: 'When the root above a CA ends, in seconds since 1970; root is its SHA-256, as rootSHA256 in the status of the issuer.',
    labels: ['arn', 'root'],
    act: 'Roll out a new root while both are in force: docs/guides/changing-the-root.md. Nothing below a root outlives it. No series: the chain of the CA could not be read.',
  },
  pca_issuer_issuer_ready: {
    help: 'Is the issuer Ready (1) or not (0).',
    labels: ['kind', 'namespace', 'name'],
    act: '`kubectl describe` the issuer: its Ready condition names the field or the permission to mend.',
  },
  pca_issuer_build_info: {
    help: 'Always 1; its labels are the version of pca-issuer and of Node.',
    labels: ['version', 'node'],
    act: 'Nothing: it tells which version runs.',
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;
