// CSRs as clients other than cert-manager make them.
import { encode } from '../../hack/control-plane/api/secret-data.ts';
import { makeCsr, type TestCsrOptions } from '../../src/pki/test-certificates.ts';

/** @returns what spec.request of a CertificateRequest holds: base64 of the PEM. */
export function encodedCsr(options: TestCsrOptions = {}): string {
  return encode(makeCsr({ subject: 'e2e', ...options }).pem);
}
