// Can istiod read this private key? It takes three kinds of PEM block, none of them encrypted.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readDer, TAG } from './der.ts';

export type PrivateKeyReading =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'encrypted' }
  /** `why` completes "tls.key …" and quotes nothing of it but the label of a PEM block. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** What istiod's ParsePemEncodedKey knows: PKCS #1, SEC 1 and PKCS #8; and of which type their second element is. OpenSSL looks at no label. */
const READ_BY_ISTIOD: ReadonlyMap<string, number> = new Map([['RSA PRIVATE KEY', TAG.integer], ['EC PRIVATE KEY', TAG.octetString], ['PRIVATE KEY', TAG.sequence]]);
/** A beginning within is one that the first has no end before; looking no further keeps a file of beginnings alone cheap. */
const FIRST_BLOCK = /^-----BEGIN ([A-Z0-9 ]{1,40})-----((?:(?!-----BEGIN )[\s\S])*?)-----END \1-----/m;

/** Reads the first PEM block, as istiod does. The key lives in node's memory only: no text of it leaves this function. */
export function readPrivateKey(text: string): PrivateKeyReading {
  const [block, label = '', body = ''] = FIRST_BLOCK.exec(text) ?? [];
  if (block === undefined) return { kind: 'unreadable', why: 'holds no PEM block' };
  if (label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(body)) return { kind: 'encrypted' };
  const second = READ_BY_ISTIOD.get(label);
  if (second === undefined) return { kind: 'unreadable', why: `starts with a block of the type ${label}, which istiod does not take for a private key` };
  try {
    const key = createPrivateKey(block);
    if (readDer(Buffer.from(body, 'base64')).children[1]?.tag !== second) return { kind: 'unreadable', why: `holds a block of the type ${label} whose content belongs under another label` };
    return { kind: 'key', key };
  } catch {
    return { kind: 'unreadable', why: `holds a block of the type ${label} whose content is no private key` };
  }
}
