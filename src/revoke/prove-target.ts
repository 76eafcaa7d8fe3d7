// Is it AWS's own certificate that will be revoked? Annotations may say anything, so AWS is asked for it, and the bytes are compared.
import { readAuthorityArn, type AuthorityArn } from '../domain/authority.ts';
import type { Failure, Result } from '../domain/failure.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import { readLeaf } from './find-target.ts';

export interface Question {
  /** What the cluster holds; undefined where only a serial number was given. */
  readonly leaf: CertificateFacts | undefined;
  readonly serials: readonly string[];
  readonly authorityArns: readonly string[];
}

/** Asks one CA, under the caller's own identity. */
export type FindAtAws = (authority: AuthorityArn, serial: string) => Promise<Result<string | undefined>>;

export type Proven =
  | { readonly ok: true; readonly authority: AuthorityArn; readonly serial: string; readonly leaf: CertificateFacts }
  | { readonly ok: false; readonly why: string };

/** Tries each CA with each way to write the serial number, until AWS shows the very certificate. */
export async function proveTarget({ leaf, serials, authorityArns }: Question, findAtAws: FindAtAws): Promise<Proven> {
  const authorities = authorityArns.map(readAuthorityArn).filter((each) => each !== undefined);
  if (authorities.length === 0) return { ok: false, why: 'Nothing in the cluster says which CA issued it: no AWSPCAIssuer or AWSPCAClusterIssuer of its issuerRef, no annotation. Name the CA with --ca ARN.' };
  const refusals: string[] = [];
  for (const authority of authorities) {
    for (const serial of serials) {
      const answer = await findAtAws(authority, serial);
      if (!answer.ok) {
        refusals.push(`${authority.arn}: ${sentence(answer.failure)}`);
        break;
      }
      const issued = answer.value === undefined ? undefined : readAnswer(answer.value);
      if (issued !== undefined && (leaf === undefined || issued.sha256 === leaf.sha256)) return { ok: true, authority, serial, leaf: issued };
    }
  }
  if (refusals.length > 0) return { ok: false, why: `AWS does not show the certificate, so nothing is revoked. ${refusals.join(' ')} (It takes acm-pca:GetCertificate and acm-pca:RevokeCertificate.)` };
  return { ok: false, why: `No CA asked has issued it: ${authorities.map(({ arn }) => arn).join(', ')}. Name another one with --ca ARN.` };
}

function readAnswer(pem: string): CertificateFacts | undefined {
  try {
    return readLeaf(pem);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

export function sentence({ code, message }: Pick<Failure, 'code' | 'message'>): string {
  return `${code}: ${message.replace(/\.?$/, '.')}`;
}
