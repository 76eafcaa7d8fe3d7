// Can this CSR become a certificate at all, under this template? What is wrong with it can only be cured by a new request.
import type { CsrFacts } from '../pki/csr.ts';
import type { FailReason } from './outcome.ts';
import type { Request } from './request.ts';
import type { Template } from './template.ts';

/** Keys that AWS Private CA certifies. */
const certifiableKeys: ReadonlySet<string> = new Set([
  'RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'P-521', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87',
]);

/** Whatever the CSR says there. */
const writtenByAws: ReadonlySet<string> = new Set(['subject key identifier', 'authority key identifier', 'CRL distribution points']);

export interface CsrFault {
  readonly reason: FailReason;
  readonly message: string;
}

/** @returns the first fault, in a sentence that says what to change; undefined where there is none. */
export function csrFault(csr: CsrFacts, request: Pick<Request, 'isCA'>, template: Template): CsrFault | undefined {
  if (!certifiableKeys.has(csr.publicKey.name)) {
    return {
      reason: 'UnsupportedKey',
      message: `the CSR's key is ${csr.publicKey.name}, which AWS Private CA does not certify; use ECDSA P-256, P-384 or P-521, or RSA 2048, 3072 or 4096 (spec.privateKey of the Certificate)`,
    };
  }
  if (csr.basicConstraints?.isCA === true && !request.isCA) {
    return {
      reason: 'ContradictoryRequest',
      message: 'the CSR asks for a CA certificate (basicConstraints CA:TRUE), but the request has isCA: false; set isCA: true on the Certificate or make the CSR without CA:TRUE',
    };
  }
  if (csr.subjectIsEmpty && csr.sans.length === 0) {
    return { reason: 'InvalidCSR', message: 'the CSR names nobody: AWS Private CA wants a subject or a subject alternative name; set commonName or dnsNames' };
  }
  if (csr.subjectIsEmpty && !csr.sanIsCritical) {
    return {
      reason: 'InvalidCSR',
      message: 'the CSR has an empty subject and a subject alternative name that is not critical, which AWS Private CA refuses; give it a subject or mark the extension critical',
    };
  }
  const { unreadable } = csr.constraints;
  if (template.takesCsrExtensions && unreadable !== undefined && !writtenByAws.has(unreadable)) {
    return { reason: 'InvalidCSR', message: `Go's crypto/x509, and so cert-manager and istiod, cannot read the ${unreadable} of the CSR, which template ${template.name} would take over; make the CSR without` };
  }
  const lost = template.takesCsrExtensions ? [] : csr.otherExtensions;
  if (lost.length > 0) {
    const names = lost.map(({ name, oid }) => (name === undefined ? oid : `${name} (${oid})`)).join(', ');
    return {
      reason: 'UnsupportedExtension',
      message: `the CSR carries ${names}, which template ${template.name} would drop without a word; remove it, or name a CSRPassthrough template in the issuer's spec.pcaTemplate.defaultTemplateName`,
    };
  }
  return undefined;
}
