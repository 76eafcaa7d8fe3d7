// What the machinery and the rooms above it need from observation. observe/ implements it.

export type Fields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A logger that adds `fields` to every line. */
  with(fields: Fields): Logger;
}

export type Labels = Readonly<Record<string, string>>;

/** Counts and clocks for /metrics. Never throws; a label that the table of observe/ lacks is left out. */
export interface Metrics {
  count(name: CounterName, labels?: Labels, by?: number): void;
  observe(name: HistogramName, seconds: number, labels?: Labels): void;
  /** Sets one series of a gauge. */
  set(name: GaugeName, value: number, labels?: Labels): void;
  /** Takes one series of a gauge away. */
  drop(name: GaugeName, labels: Labels): void;
  /** Asked at every scrape: the readings of a gauge together replace all its series. */
  sample(name: GaugeName, read: () => readonly Sample[]): void;
}

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** Labels and meaning of every name stand in observe/our-metrics.ts and observe/controller-runtime-metrics.ts. */
export type CounterName =
  | 'pca_issuer_aws_calls_total'
  | 'pca_issuer_ambiguous_issues_total'
  | 'pca_issuer_second_issues_total'
  | 'pca_issuer_outcomes_total'
  | 'pca_issuer_held_requests_total'
  | 'controller_runtime_reconcile_total'
  | 'controller_runtime_reconcile_errors_total'
  | 'controller_runtime_reconcile_panics_total'
  | 'workqueue_adds_total'
  | 'workqueue_retries_total'
  | 'rest_client_requests_total';

export type HistogramName =
  | 'pca_issuer_issuance_seconds'
  | 'pca_issuer_aws_call_seconds'
  | 'pca_issuer_rate_limit_wait_seconds'
  | 'controller_runtime_reconcile_time_seconds'
  | 'workqueue_queue_duration_seconds'
  | 'workqueue_work_duration_seconds';

export type GaugeName =
  | 'pca_issuer_aws_calls_in_flight'
  | 'pca_issuer_rate_limit'
  | 'pca_issuer_parked_requests'
  | 'pca_issuer_oldest_request_seconds'
  | 'pca_issuer_certificate_authority_not_after_seconds'
  | 'pca_issuer_root_not_after_seconds'
  | 'pca_issuer_issuer_ready'
  | 'pca_issuer_build_info'
  | 'controller_runtime_active_workers'
  | 'controller_runtime_max_concurrent_reconciles'
  | 'workqueue_depth'
  | 'workqueue_unfinished_work_seconds'
  | 'workqueue_longest_running_processor_seconds'
  | 'leader_election_master_status';
