// GetCertificate: the certificate and its chain, once it has been signed.
import { certificateNameOf } from '../arn.ts';
import { statusOf, type Authority } from '../authorities/authority.ts';
import { ApiError } from '../wire/api-error.ts';
import { authorityOf, type Call } from './call.ts';

export interface GetCertificateInput {
  readonly CertificateAuthorityArn: string;
  readonly CertificateArn: string;
}

/**
 * @returns PEM without a newline at the end; the chain runs from the issuing CA to the root and is absent for a root's own certificate
 * @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, InvalidState, RequestInProgress, RequestFailed
 */
export function getCertificate(input: GetCertificateInput, call: Call): { readonly Certificate: string; readonly CertificateChain?: string } {
  call.notes.certificateArn = input.CertificateArn;
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  const { authorityArn } = certificateNameOf(input.CertificateArn);
  checkState(authority, call.nowMs);
  const issued = call.store.certificates.get(input.CertificateArn);
  if (issued === undefined || authorityArn !== authority.arn) {
    throw new ApiError('ResourceNotFoundException', `Could not find certificate ${input.CertificateArn}.`);
  }
  if (call.nowMs < issued.visibleAtMs) {
    throw new ApiError('RequestInProgressException', `The request to issue certificate ${input.CertificateArn} is still in progress. Try again later.`);
  }
  if (issued.hasFailed) {
    throw new ApiError('RequestFailedException', `The request to issue certificate ${input.CertificateArn} has failed.`);
  }
  if (issued.isSelfSigned) return { Certificate: issued.certificate };
  return { Certificate: issued.certificate, CertificateChain: chainOf(authority) };
}

function chainOf({ certificate, chain, chainFormat }: Authority): string {
  const whole = [certificate, ...chain];
  switch (chainFormat) {
    case 'aws':
      return whole.join('\n');
    case 'trailing-newline':
      return `${whole.join('\n')}\n`;
    case 'crlf':
      return whole.join('\n').replaceAll('\n', '\r\n');
    case 'without-root':
      return whole.slice(0, -1).join('\n');
  }
}

/** Allowed while the CA is DISABLED or EXPIRED as well. */
function checkState(authority: Authority, nowMs: number): void {
  const status = statusOf(authority, nowMs);
  if (status === 'CREATING' || status === 'FAILED' || status === 'DELETED') {
    throw new ApiError('InvalidStateException', `The certificate authority ${authority.arn} is not in the correct state to have issued certificates.`);
  }
}
