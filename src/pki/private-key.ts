// Can istiod read this private key? It takes three kinds of PEM block, none of them encrypted.
import { createPrivateKey, type KeyObject } from 'node:crypto';

export type PrivateKeyReading =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'encrypted' }
  /** `why` completes "tls.key …" and quotes nothing of it but the label of a PEM block. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** What istiod's ParsePemEncodedKey knows: PKCS #1, SEC 1 and PKCS #8. */
const READ_BY_ISTIOD: ReadonlySet<string> = new Set(['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY']);
const FIRST_BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([\s\S]*?)-----END \1-----/;

/** Reads the first PEM block, as istiod does. The key lives in node's memory only: no text of it leaves this function. */
export function readPrivateKey(text: string): PrivateKeyReading {
  const [block, label = '', body = ''] = FIRST_BLOCK.exec(text) ?? [];
  if (block === undefined) return { kind: 'unreadable', why: 'holds no PEM block' };
  if (label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(body)) return { kind: 'encrypted' };
  if (!READ_BY_ISTIOD.has(label)) return { kind: 'unreadable', why: `starts with a block of the type ${label}, which istiod does not take for a private key` };
  try {
    return { kind: 'key', key: createPrivateKey(block) };
  } catch {
    return { kind: 'unreadable', why: `holds a block of the type ${label} whose content is no private key` };
  }
}
