// Does the private key belong to the intermediate, and is it one that Istio can use?
import type { KeyObject } from 'node:crypto';
import type { CertificateFacts } from '../pki/certificate.ts';
import { readPrivateKey } from '../pki/private-key.ts';
import { found, type Finding } from './finding.ts';
import type { SecretFile } from './secret-files.ts';

export interface KeyJudgement {
  /** undefined where it cannot be read. */
  readonly key: KeyObject | undefined;
  /** The certificate of the file that it belongs to; undefined where there is none. */
  readonly owner: CertificateFacts | undefined;
  readonly findings: readonly Finding[];
}

const newKey = 'Delete the Secret, so that cert-manager makes key and certificate anew (an istiod that cannot start waits for it).';

/** @param certificates  those of tls.crt, in their order; a key that belongs to a later one is for judge-chain.ts to name. */
export function judgeKey({ name, text }: SecretFile, certificates: readonly CertificateFacts[]): KeyJudgement {
  const without = (finding: Finding): KeyJudgement => ({ key: undefined, owner: undefined, findings: [finding] });
  if (text.trim() === '') return without(found('empty-value', name, `${name} is missing or empty; istiod does not start with it.`, newKey));
  const read = readPrivateKey(text);
  if (read.kind === 'encrypted') return without(found('encrypted-key', name, `${name} is encrypted; istiod has no way to decrypt it.`, newKey));
  if (read.kind === 'unreadable') return without(found('unreadable-key', name, `${name} ${read.why}.`, newKey));
  const owner = certificates.find((each) => matches(each, read.key));
  const [first] = certificates;
  if (owner !== undefined || first === undefined) return { key: read.key, owner, findings: [] };
  return { key: read.key, owner, findings: [found('key-mismatch', name, `${name} is not the key of ${nameOf(first)}. istiod refuses the pair.`, newKey)] };
}

export function matches(certificate: CertificateFacts, key: KeyObject): boolean {
  return certificate.x509.checkPrivateKey(key);
}

/** For people: the subject, else what identifies it. */
export function nameOf({ subject, serial }: CertificateFacts): string {
  return subject === '' ? `the certificate with serial ${serial}` : subject;
}

const kindsOfIstio: ReadonlySet<string> = new Set(['P-256', 'P-384', 'P-521', 'Ed25519']);
const smallestRsaBits = 2_048;

/** What is wrong with the key inside a certificate; completes "… has a key …". */
export function keyFault({ publicKey: { kind, name } }: CertificateFacts): string | undefined {
  if (kind !== 'rsa') return kindsOfIstio.has(name) ? undefined : `of the kind ${name}, which the proxies of a mesh cannot verify`;
  return Number(name.slice(4)) < smallestRsaBits ? `of ${name.slice(4)} bits, which can be broken (${smallestRsaBits} at least)` : undefined;
}
