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
  /** AWS's request quotas times this number, on the virtual clock: 1 is AWS as it is; null throttles nobody. */
  readonly quotaScale: number | null;
  /** Calls a second by operation name, in place of the scaled quota. */
  readonly quotas: Readonly<Record<string, number>>;
  /** How many certificates a CA issues before LimitExceededException; null: as many as come. A CA can have its own number. */
  readonly certificatesPerAuthority: number | null;
  /** How long after it became ACTIVE a CA still answers IssueCertificate with InvalidStateException, in milliseconds of the virtual clock. */
  readonly settlingMs: number;
  /** RevokeCertificate for a serial that the CA never issued. AWS documents neither. */
  readonly unknownSerial: 'ResourceNotFoundException' | 'InvalidRequestException';
  /** How Pod Identity refuses: SDKs look for Code and Message in JSON, AWS's agent writes a line of text. */
  readonly podIdentityErrors: 'json' | 'text';
  /** How long an audit report is CREATING, in milliseconds of the virtual clock. */
  readonly auditReportMs: number;
  /** How long after a revocation the CA's revocation list has it, in milliseconds of the virtual clock: AWS needs up to half an hour. */
  readonly revocationListMs: number;
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
  quotaScale: null,
  quotas: {},
  certificatesPerAuthority: null,
  settlingMs: 0,
  unknownSerial: 'ResourceNotFoundException',
  podIdentityErrors: 'json',
  auditReportMs: 300,
  revocationListMs: 0,
};
