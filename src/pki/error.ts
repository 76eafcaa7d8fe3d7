// What can be wrong with bytes that claim to be a CSR, a certificate or a bundle of them?

export type PkiErrorCode =
  | 'not-pem'
  | 'not-der'
  | 'bad-csr'
  | 'bad-signature'
  | 'unsupported-algorithm'
  | 'weak-algorithm'
  | 'bad-certificate'
  | 'no-leaf'
  | 'too-many'
  | 'too-large';

/**
 * The only error that this room throws. `message` is a sentence that may stand in a condition as it is:
 * it never carries more of the input than an OID, a PEM label or a name.
 */
export class PkiError extends Error {
  readonly code: PkiErrorCode;

  constructor(code: PkiErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'PkiError';
    this.code = code;
  }
}
