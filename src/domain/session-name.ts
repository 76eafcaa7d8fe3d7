// How AWS's audit log calls us: a session's name and a user agent that say which cluster and which issuer asked.
import { createHash } from 'node:crypto';
import type { IssuerKey } from './issuer.ts';

/** AWS's limit. */
const longest = 64;
const hashLength = 8;

/**
 * @param clusterName flag --cluster-name; '' where it was not given.
 * @param issuer undefined for the session of the process itself.
 * @returns 2 to 64 of the characters that AWS admits; the same for the same issuer, whichever replica asks. What is too long ends with a hash.
 */
export function sessionName(clusterName: string, issuer: IssuerKey | undefined): string {
  const parts = ['pca-issuer', clusterName, issuer?.namespace ?? '', issuer?.name ?? ''].filter((part) => part !== '');
  const name = parts.join('@').replaceAll(/[^\w+=,.@-]/g, '-');
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, hashLength);
  return `${name.slice(0, longest - hashLength - 1)}-${hash}`;
}

/** What follows the program's name and version in the user agent of a call for this issuer. */
export function userAgentOf(clusterName: string, { kind, namespace, name }: IssuerKey): string {
  const issuer = `issuer/${[kind, namespace, name].filter((part) => part !== undefined).join('.')}`;
  return clusterName === '' ? issuer : `cluster/${clusterName.replaceAll(/[^\w.-]/g, '-')} ${issuer}`;
}
