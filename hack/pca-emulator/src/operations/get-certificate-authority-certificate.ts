// GetCertificateAuthorityCertificate: the CA's own certificate, and the chain above it.
import { hasCertificate } from '../authorities/authority.ts';
import { ApiError } from '../wire/api-error.ts';
import { authorityOf, type Call } from './call.ts';

/**
 * @returns PEM without a newline at the end; the chain excludes the CA itself and is absent for a root
 * @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, InvalidState before a certificate is installed
 */
export function getCertificateAuthorityCertificate(
  input: { readonly CertificateAuthorityArn: string },
  call: Call,
): { readonly Certificate: string; readonly CertificateChain?: string } {
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  if (!hasCertificate(authority) || authority.status === 'DELETED') {
    throw new ApiError('InvalidStateException', `The certificate authority ${authority.arn} is not in the correct state to have a certificate.`);
  }
  if (authority.chain.length === 0) return { Certificate: authority.certificate };
  return { Certificate: authority.certificate, CertificateChain: authority.chain.join('\n') };
}
