// AWS JSON 1.1: how an ACM PCA operation is named, and how its answer and its errors are written.
import { ApiError } from './api-error.ts';
import type { Reply } from './reply.ts';

const contentType = 'application/x-amz-json-1.1';
const target = /^ACMPrivateCA\.([A-Za-z]+)$/;

/**
 * Reads the operation's name out of X-Amz-Target.
 * @throws ApiError UnknownOperationException when the header is absent or names another service
 */
export function operationOf(header: string | undefined): string {
  const name = target.exec(header ?? '')?.[1];
  if (name === undefined) throw unknownOperation();
  return name;
}

export function unknownOperation(): ApiError {
  return new ApiError('UnknownOperationException', 'The operation is not known, or the emulator does not have it.');
}

/**
 * Parses a request body into the object that every operation takes.
 * @throws ApiError SerializationException
 */
export function inputOf(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError('SerializationException', 'The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('SerializationException', 'The request body is not a JSON object.');
  }
  return { ...value };
}

/** @param output  undefined for an operation without an output, whose answer has no body */
export function jsonReply(output: object | undefined, requestId: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
    body: output === undefined ? '' : JSON.stringify(output),
  };
}

export function jsonErrorReply(error: ApiError, requestId: string): Reply {
  return {
    status: error.status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}
