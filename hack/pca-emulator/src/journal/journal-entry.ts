// One line of the journal: a call, who made it, what it asked for and what became of it. Never a key, a token of STS or a CSR.

export interface JournalEntry {
  readonly seq: number;
  /** ISO 8601, the machine's time. */
  readonly time: string;
  readonly requestId: string;
  readonly operation: string;
  /** ARN of the caller; absent when the signature was refused. */
  readonly caller?: string;
  readonly account?: string;
  /** The header of that name, by which CloudTrail tells programs apart. */
  readonly userAgent?: string;
  readonly ca?: string;
  readonly template?: string;
  /** The idempotency token. */
  readonly token?: string;
  /** SHA-256 of the CSR's DER, hex. */
  readonly csrSha256?: string;
  /** The rest of what was asked. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** `ok`, the error's name, or what a fault made of it: `reset`, `dropped`, `hanging`, `released`, `client left`, `html`, `planted`. */
  readonly outcome: string;
  /** The error's text. */
  readonly message?: string;
  /** The fault that struck. */
  readonly fault?: string;
  readonly certificateArn?: string;
  /** A certificate was made in this call (and would be billed). */
  readonly issued: boolean;
  /** The token was known: the ARN of the earlier certificate was given. */
  readonly replayed: boolean;
  /** What the caller did that it should not have done, in a sentence. */
  readonly violation?: string;
  readonly durationMs: number;
}

export interface OperationCount {
  readonly calls: number;
  /** Calls that ended in something else than `ok`. */
  readonly refused: number;
  readonly callsPerSecondPeak: number;
}

export interface JournalCounters {
  readonly calls: number;
  readonly certificatesIssued: number;
  /** Certificates beyond the first for one and the same CSR. */
  readonly duplicateIssuesByCsr: number;
  readonly idempotentReplays: number;
  readonly violations: number;
  /** Most calls within any one second. */
  readonly callsPerSecondPeak: number;
  readonly operations: Readonly<Record<string, OperationCount>>;
}
