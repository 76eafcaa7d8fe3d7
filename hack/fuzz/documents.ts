// The real documents that the fuzzer starts from. They are kept as bytes, so that a seed means the same everywhere.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Documents {
  /** DER. */
  readonly csrs: readonly Buffer[];
  readonly certificates: readonly Buffer[];
  /** Leaf, intermediates, root; the first of each is a leaf over the key of the CSR of the same place. */
  readonly chains: readonly (readonly Buffer[])[];
  /** JSON objects. */
  readonly requests: readonly unknown[];
  readonly issuers: readonly unknown[];
  readonly answers: readonly unknown[];
}

interface Stored extends Pick<Documents, 'requests' | 'issuers' | 'answers'> {
  readonly csrs: readonly string[];
  readonly certificates: readonly string[];
  readonly chains: readonly (readonly string[])[];
}

const file = path.join(import.meta.dirname, 'documents.json');

export function readDocuments(): Documents {
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored;
  const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
  return { ...stored, csrs: stored.csrs.map(bytes), certificates: stored.certificates.map(bytes), chains: stored.chains.map((chain) => chain.map(bytes)) };
}
