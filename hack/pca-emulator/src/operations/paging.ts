// A list in pages. The token is opaque to callers: it says which list it belongs to and where that goes on.
import { ApiError } from '../wire/api-error.ts';

export interface PageInput {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

// The API takes up to 1000 and gives 100 all the same.
const longestPage = 100;

/**
 * One page of a list.
 * @param list  what the token must have been made for: operation, caller and filter
 * @throws ApiError InvalidNextTokenException for a token that this list never gave
 */
export function pageOf<Item>(items: readonly Item[], { MaxResults = longestPage, NextToken }: PageInput, list: readonly string[]): { readonly page: readonly Item[]; readonly NextToken?: string } {
  const start = NextToken === undefined ? 0 : startOf(NextToken, list);
  const end = start + Math.min(MaxResults, longestPage);
  return { page: items.slice(start, end), ...(end < items.length ? { NextToken: tokenOf(end, list) } : {}) };
}

function tokenOf(start: number, list: readonly string[]): string {
  return Buffer.from(JSON.stringify([...list, start])).toString('base64');
}

function startOf(token: string, list: readonly string[]): number {
  const [, start] = /,(\d+)\]$/.exec(Buffer.from(token, 'base64').toString('utf8')) ?? [];
  // Made again from its own parts: whatever else was written differs.
  if (start !== undefined && Number(start) > 0 && tokenOf(Number(start), list) === token) return Number(start);
  throw new ApiError('InvalidNextTokenException', 'The token specified in the NextToken argument is not valid. Use the token returned from your previous call.');
}
