// DescribeCertificateAuthority: all that AWS tells of a CA, in every state.
import { authorityOf, type Call } from './call.ts';
import { certificateAuthorityStructure } from './certificate-authority-structure.ts';

/** @throws ApiError InvalidArn, AccessDenied, ResourceNotFound */
export function describeCertificateAuthority(input: { readonly CertificateAuthorityArn: string }, call: Call): Record<string, unknown> {
  return { CertificateAuthority: certificateAuthorityStructure(authorityOf(call, input.CertificateAuthorityArn), call.nowMs) };
}
