// In which words does AWS refuse a caller? The JSON services and STS (query protocol) name the same refusals differently.
import { ApiError } from '../wire/api-error.ts';

export type Protocol = 'json' | 'query';
export type Refusal = 'missing' | 'incomplete' | 'unknown-key' | 'signature' | 'expired';

interface Row {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const badToken = 'The security token included in the request is invalid.';
const oldToken = 'The security token included in the request is expired';

const refusals: Record<Protocol, Record<Refusal, Row>> = {
  json: {
    missing: { code: 'MissingAuthenticationTokenException', status: 400, message: 'Missing Authentication Token' },
    incomplete: { code: 'IncompleteSignatureException', status: 400, message: 'The request signature does not conform to AWS standards.' },
    'unknown-key': { code: 'UnrecognizedClientException', status: 400, message: badToken },
    signature: { code: 'InvalidSignatureException', status: 400, message: mismatch },
    expired: { code: 'ExpiredTokenException', status: 400, message: oldToken },
  },
  query: {
    missing: { code: 'MissingAuthenticationToken', status: 403, message: 'Request is missing Authentication Token' },
    incomplete: { code: 'IncompleteSignature', status: 400, message: 'The request signature does not conform to AWS standards.' },
    'unknown-key': { code: 'InvalidClientTokenId', status: 403, message: badToken },
    signature: { code: 'SignatureDoesNotMatch', status: 403, message: mismatch },
    expired: { code: 'ExpiredToken', status: 403, message: oldToken },
  },
};

export function refuse(protocol: Protocol, refusal: Refusal, message?: string): ApiError {
  const row = refusals[protocol][refusal];
  return new ApiError(row.code, message ?? row.message, row.status);
}
