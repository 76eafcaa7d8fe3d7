// RevokeCertificate: once, by serial. GetCertificate still gives what was revoked; the audit report tells of it.
import { X509Certificate } from 'node:crypto';
import { statusOf, type Authority } from '../authorities/authority.ts';
import type { RevocationReason } from '../authorities/issued-certificate.ts';
import { plainHex } from '../certificates/serial.ts';
import { ApiError } from '../wire/api-error.ts';
import { authorityOf, type Call } from './call.ts';

export interface RevokeCertificateInput {
  readonly CertificateAuthorityArn: string;
  /** Hex with or without colons, in any case. */
  readonly CertificateSerial: string;
  readonly RevocationReason: RevocationReason;
}

/**
 * @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, InvalidState, InvalidRequest (self-signed, expired),
 *   RequestInProgress, RequestAlreadyProcessed; an unknown serial as the settings say
 */
export function revokeCertificate(input: RevokeCertificateInput, call: Call): undefined {
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  checkState(authority, call.nowMs);
  const serial = plainHex(input.CertificateSerial);
  if (authority.type === 'ROOT' && serial === authority.serial) throw selfSigned();
  const arn = `${authority.arn}/certificate/${serial}`;
  const issued = call.store.certificates.get(arn);
  if (issued === undefined || issued.hasFailed) {
    throw new ApiError(call.settings.unknownSerial, `Could not find a certificate with the serial ${input.CertificateSerial}.`);
  }
  call.notes.certificateArn = arn;
  if (issued.isSelfSigned) throw selfSigned();
  if (call.nowMs < issued.visibleAtMs) throw new ApiError('RequestInProgressException', `The request to issue certificate ${arn} is still in progress. Try again later.`);
  if (issued.revocation !== undefined) throw new ApiError('RequestAlreadyProcessedException', `The certificate ${arn} has already been revoked.`);
  if (new X509Certificate(issued.certificate).validToDate.getTime() <= call.nowMs) throw new ApiError('InvalidRequestException', 'Expired certificate can not be revoked');
  call.store.certificates.put(arn, { ...issued, revocation: { atMs: call.nowMs, reason: input.RevocationReason } });
}

/** Allowed while the CA is DISABLED or EXPIRED as well. */
function checkState(authority: Authority, nowMs: number): void {
  const status = statusOf(authority, nowMs);
  if (status === 'ACTIVE' || status === 'DISABLED' || status === 'EXPIRED') return;
  throw new ApiError('InvalidStateException', `The certificate authority ${authority.arn} is not in the correct state to revoke certificates.`);
}

function selfSigned(): ApiError {
  return new ApiError('InvalidRequestException', 'Self-signed certificate can not be revoked');
}
