// CSRs as clients other than cert-manager make them.
import { makeCsr, type TestCsrOptions } from '../../src/pki/test-certificates.ts';

/** @returns what spec.request of a CertificateRequest holds: base64 of the PEM. */
export function encodedCsr(options: TestCsrOptions = {}): string {
  return Buffer.from(makeCsr({ subject: 'e2e', ...options }).pem).toString('base64');
}
