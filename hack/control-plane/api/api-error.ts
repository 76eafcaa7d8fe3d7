// What did the API server refuse, in its own words?

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status code */
  readonly status: number;
  /** `reason` of the Status object: NotFound, Conflict, Invalid, Forbidden; empty where the answer was no Status */
  readonly reason: string;

  constructor(method: string, path: string, status: number, body: string) {
    const answer = readStatus(body);
    super(`${method} ${path}: ${status} ${answer.message}`);
    this.status = status;
    this.reason = answer.reason;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

function readStatus(body: string): { readonly message: string; readonly reason: string } {
  try {
    const { message = body, reason = '' } = JSON.parse(body) as { message?: string; reason?: string };
    return { message, reason };
  } catch {
    return { message: body.trim().slice(0, 500), reason: '' };
  }
}
