// One HTTP request, read to its end.
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names; repeated headers joined by a comma, as SigV4 wants them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const longestBody = 1024 * 1024;

/**
 * Reads a request whole.
 * @throws ApiError RequestEntityTooLarge (413) past 1 MiB; the stream's own error when the client leaves
 */
export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > longestBody) throw new ApiError('RequestEntityTooLarge', 'The request body is longer than 1 MiB.', 413);
    chunks.push(bytes);
  }
  const url = new URL(message.url ?? '/', 'http://emulator');
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: joinedHeaders(message.rawHeaders),
    body: Buffer.concat(chunks),
  };
}

function joinedHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = String(raw[i]).toLowerCase();
    const value = String(raw[i + 1]);
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return headers;
}
