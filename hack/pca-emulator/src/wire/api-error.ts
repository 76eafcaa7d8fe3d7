// A refusal, as AWS names it. The protocols (json-protocol.ts, query-protocol.ts) write it on the wire.

export class ApiError extends Error {
  /** The error's name on the wire, for example `InvalidStateException`. */
  readonly code: string;
  /** The HTTP status. Every modelled error of ACM PCA is a 400. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}
