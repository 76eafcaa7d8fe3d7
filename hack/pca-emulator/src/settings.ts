// What can be turned while the emulator runs? Where AWS's behaviour is not known for sure, the choice stands here too.

export interface Settings {
  /** How long a certificate is "in progress", in milliseconds of the virtual clock. A CA can have its own value. */
  readonly signingMs: number;
  /** How long an idempotency token is remembered, in milliseconds of the virtual clock. */
  readonly idempotencyWindowMs: number;
  /** A token that comes again with other parameters: the first ARN, or InvalidArgsException. AWS documents neither. */
  readonly tokenConflict: 'replay' | 'refuse';
  /** AWS has used both for AccessDeniedException of ACM PCA. */
  readonly accessDeniedStatus: 400 | 403;
  /** The shortest session that STS gives, in seconds: AWS has 900; tests of renewal want less. */
  readonly minimumSessionSeconds: number;
  /** Sessions are cut to this length, whatever was asked for, to test renewal; null leaves them alone. */
  readonly sessionSecondsAtMost: number | null;
  /** Time added before an answer leaves, in milliseconds, by operation name; `*` is for the others. */
  readonly roundTripMs: Readonly<Record<string, number>>;
  /** Only signatures for this region are taken; null takes any region. */
  readonly endpointRegion: string | null;
}

export const defaultSettings: Settings = {
  signingMs: 300,
  idempotencyWindowMs: 5 * 60_000,
  tokenConflict: 'replay',
  accessDeniedStatus: 400,
  minimumSessionSeconds: 900,
  sessionSecondsAtMost: null,
  roundTripMs: {},
  endpointRegion: null,
};
