// Where the CRL distribution points lead: what S3 answers for `/crl/<CA id>.crl`, to anybody.
import { revocationListPath } from './authorities/authority.ts';
import { revocationListOf } from './authorities/revocation-list.ts';
import type { Emulator } from './emulator.ts';
import type { Reply } from './wire/reply.ts';

/** Such paths are asked for here, under whichever host the CA's configuration names. */
export const revocationLists = '/crl/';

export function answerRevocationList(path: string, { store, clock }: Emulator): Reply {
  const authority = store.authorities.values().find((each) => revocationListPath(each.arn) === path);
  const list = authority === undefined ? undefined : revocationListOf(authority, store, clock.now());
  if (list === undefined) return { status: 404, headers: { 'content-type': 'application/xml' }, body: '<Error><Code>NoSuchKey</Code></Error>' };
  return { status: 200, headers: { 'content-type': 'application/pkix-crl' }, body: list };
}
