// From a request to a certificate under a given CA: every rule of AWS that looks at both, then the signature.
import type { KeyObject } from 'node:crypto';
import { ApiError } from '../wire/api-error.ts';
import { read } from './der.ts';
import { isEmptyName } from './distinguished-name.ts';
import type { Extension } from './extension.ts';
import { checkSigningAlgorithm, type KeyAlgorithm } from './key-algorithm.ts';
import { keyIdentifier, makeCertificate, newSerial } from './make-certificate.ts';
import { checkNameConstraints } from './name-constraints.ts';
import { extensionOid } from './object-identifiers.ts';
import { readPassthrough, type ApiPassthrough } from './passthrough.ts';
import { selectExtensions } from './select-extensions.ts';
import { malformed, type SigningRequest } from './signing-request.ts';
import type { Template } from './template-table.ts';
import { resolveValidity, type Validity } from './validity.ts';

/** What a signature needs to know of the CA that gives it. */
export interface IssuingAuthority {
  readonly subject: Buffer;
  readonly subjectKeyId: Buffer;
  readonly privateKey: KeyObject;
  readonly keyAlgorithm: KeyAlgorithm;
  readonly region: string;
  /** Undefined: unlimited. */
  readonly pathLength: number | undefined;
  /** Undefined where a CA signs its own first certificate. */
  readonly notAfterMs: number | undefined;
  readonly isShortLived: boolean;
  readonly crlUrl: string | undefined;
  readonly ocspUrl: string | undefined;
  /** DER of the extension in the CA's own certificate; absent where it has none. */
  readonly nameConstraints?: Buffer | undefined;
}

export interface CertificateOrder {
  readonly template: Template;
  readonly request: SigningRequest;
  readonly apiPassthrough: ApiPassthrough | undefined;
  readonly signing: string;
  readonly validity: Validity;
  readonly validityNotBefore: Validity | undefined;
  /** The virtual clock, in milliseconds. */
  readonly nowMs: number;
}

export interface CertifiedCertificate {
  readonly certificate: string;
  readonly serial: string;
  readonly subject: Buffer;
  readonly subjectKeyId: Buffer;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const longestDnsName = 253;

/**
 * @returns the signed certificate and the facts in it
 * @throws ApiError InvalidArgs (algorithm, passthrough), MalformedCSR (names), Validation (path length, name constraints, validity)
 */
export function certify(issuing: IssuingAuthority, order: CertificateOrder): CertifiedCertificate {
  const { template, request } = order;
  checkSigningAlgorithm(order.signing, issuing.keyAlgorithm, issuing.region);
  checkPathLength(template, issuing);
  const passthrough = readPassthrough(template.takesApi ? order.apiPassthrough : undefined, request.subject);
  const subject = passthrough.subject ?? request.subject;
  const subjectKeyId = keyIdentifier(request.spki);
  const extensions = selectExtensions({
    template,
    subjectKeyId,
    authorityKeyId: issuing.subjectKeyId,
    api: passthrough.extensions,
    csr: request.extensions,
    crlUrl: issuing.crlUrl,
    ocspUrl: issuing.ocspUrl,
  });
  checkNames(subject, extensions);
  if (issuing.nameConstraints !== undefined) checkNameConstraints(issuing.nameConstraints, subject, extensions);
  const dates = resolveValidity(order.validity, order.validityNotBefore, {
    issuedAtMs: order.nowMs,
    isCa: template.basicConstraints.isCa,
    isShortLived: issuing.isShortLived && !template.isRoot,
    authorityNotAfterMs: template.isRoot ? undefined : issuing.notAfterMs,
  });
  const serial = newSerial();
  const certificate = makeCertificate({
    serial, subject, extensions, ...dates, issuer: issuing.subject, spki: request.spki, signing: order.signing, signingKey: issuing.privateKey,
  });
  return { certificate, serial, subject, subjectKeyId, ...dates };
}

/** A CA's path length must be unset or above the one that it gives on. */
function checkPathLength({ basicConstraints: { isCa, pathLength = 0 }, isRoot }: Template, issuing: IssuingAuthority): void {
  if (!isCa || isRoot || issuing.pathLength === undefined || issuing.pathLength > pathLength) return;
  throw new ApiError(
    'ValidationException',
    `The path length ${pathLength} of the template must be less than the path length ${issuing.pathLength} of the certificate authority`,
  );
}

/** A subject or a SAN must be there, and a SAN that stands alone must be critical (RFC 5280, 4.2.1.6). */
function checkNames(subject: Buffer, extensions: readonly Extension[]): void {
  const alternative = extensions.find(({ oid }) => oid === extensionOid.subjectAlternativeName);
  if (alternative === undefined) {
    if (isEmptyName(subject)) throw malformed('it has neither a subject nor a subject alternative name');
    return;
  }
  if (isEmptyName(subject) && !alternative.critical) throw malformed('its subject is empty and its subject alternative name is not critical');
  if (read(alternative.value).children.some(({ tag, content }) => tag === 2 && content.length > longestDnsName)) {
    throw malformed(`a DNS name in it is longer than ${longestDnsName} octets`);
  }
}
