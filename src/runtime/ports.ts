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

export interface Metrics {
  count(name: CounterName, labels?: Labels): void;
  observe(name: HistogramName, seconds: number, labels?: Labels): void;
}

export type CounterName =
  /** Calls to AWS by `operation` and `code` (`ok` or AWS's error name; names that our table lacks are `unmapped`). */
  | 'pca_issuer_aws_calls_total'
  /** IssueCertificate calls repeated after the window in which AWS remembers their token. */
  | 'pca_issuer_ambiguous_issues_total'
  /** Second certificates asked for because the first failed the proof. */
  | 'pca_issuer_second_issues_total'
  /** Requests by the `outcome` that was published. */
  | 'pca_issuer_outcomes_total'
  /** Exceptions that reached a worker: each is a bug. */
  | 'pca_issuer_reconcile_panics_total';

export type HistogramName =
  /** From approval to the status that carries the certificate. */
  | 'pca_issuer_issuance_seconds'
  /** One call to AWS by `operation`. */
  | 'pca_issuer_aws_call_seconds';
