// ListCertificateAuthorities: the CAs of the caller's account and region, or the foreign ones that he may describe.
import { partitionOf } from '../arn.ts';
import { type Authority } from '../authorities/authority.ts';
import { ApiError } from '../wire/api-error.ts';
import { authoriseCall, type Call } from './call.ts';
import { certificateAuthorityStructure } from './certificate-authority-structure.ts';
import { pageOf, type PageInput } from './paging.ts';

export interface ListCertificateAuthoritiesInput extends PageInput {
  readonly ResourceOwner?: 'SELF' | 'OTHER_ACCOUNTS';
}

/**
 * @returns a page of CertificateAuthority structures, in the order in which the CAs were made
 * @throws ApiError AccessDenied, InvalidNextToken
 */
export function listCertificateAuthorities(
  input: ListCertificateAuthoritiesInput,
  call: Call,
): { readonly CertificateAuthorities: readonly object[]; readonly NextToken?: string } {
  const { caller, store, operation, nowMs } = call;
  const { ResourceOwner: owner = 'SELF' } = input;
  authoriseCall(call, { ca: `arn:${partitionOf(caller.region)}:acm-pca:${caller.region}:${caller.account}:*`, caAccount: caller.account });
  const isListed = ({ account, region, isExternal }: Authority): boolean => !isExternal && region === caller.region && (account === caller.account) === (owner === 'SELF');
  const listed = store.authorities.values().filter((authority) => isListed(authority) && (owner === 'SELF' || maySee(authority, call)));
  const { page, ...rest } = pageOf(listed, input, [operation, caller.account, caller.region, owner]);
  return { CertificateAuthorities: page.map((authority) => certificateAuthorityStructure(authority, nowMs)), ...rest };
}

function maySee({ arn, account }: Authority, call: Call): boolean {
  try {
    authoriseCall({ ...call, operation: 'DescribeCertificateAuthority' }, { ca: arn, caAccount: account });
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
