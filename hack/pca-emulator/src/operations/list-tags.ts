// ListTags: what people have written on a CA.
import { statusOf, type Tag } from '../authorities/authority.ts';
import { ApiError } from '../wire/api-error.ts';
import { authorityOf, type Call } from './call.ts';
import { pageOf, type PageInput } from './paging.ts';

export interface ListTagsInput extends PageInput {
  readonly CertificateAuthorityArn: string;
}

/** @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, InvalidState, InvalidNextToken */
export function listTags(input: ListTagsInput, call: Call): { readonly Tags: readonly Tag[]; readonly NextToken?: string } {
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  if (statusOf(authority, call.nowMs) === 'DELETED') {
    throw new ApiError('InvalidStateException', `The certificate authority ${authority.arn} is not in the correct state to list its tags.`);
  }
  const { page, ...rest } = pageOf(authority.tags ?? [], input, [call.operation, authority.arn]);
  return { Tags: page, ...rest };
}
