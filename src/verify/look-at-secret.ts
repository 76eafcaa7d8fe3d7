// What lies in one cluster's Secret: files, key, and the way from its intermediate up to a root. Facts for the judges.
import type { KeyObject } from 'node:crypto';
import type { CertificateFacts } from '../pki/certificate.ts';
import { climb } from '../pki/path.ts';
import { judgeKey } from './judge-key.ts';
import type { Finding } from './finding.ts';
import { readCertificates, type FileReading } from './read-certificates.ts';
import { filesOf, type SecretData } from './secret-files.ts';

/** What one cluster shows; nothing here is ever printed but through its certificates. */
export interface ClusterInput {
  /** The name of its context, or of its directory. */
  readonly name: string;
  readonly data: SecretData;
  /** `root-cert.pem` of the ConfigMaps istio-ca-root-cert that were seen. */
  readonly handedOut: readonly { readonly namespace: string; readonly text: string }[];
  /** How long before its end cert-manager renews the certificate; undefined where nobody knows. */
  readonly renewBeforeMs: number | undefined;
}

export interface SecretView {
  readonly input: ClusterInput;
  readonly layout: 'tls' | 'classic';
  readonly chain: FileReading;
  readonly roots: FileReading;
  readonly keyName: string;
  readonly key: KeyObject | undefined;
  /** The certificate that istiod signs with: the key's, or else the first of the file. */
  readonly signing: CertificateFacts | undefined;
  /** The signing certificate, then those above it, the root last where one was reached. */
  readonly path: readonly CertificateFacts[];
  /** The self-signed top of the path. */
  readonly root: CertificateFacts | undefined;
  /** Of reading the key. */
  readonly keyFindings: readonly Finding[];
}

export function lookAtSecret(input: ClusterInput): SecretView {
  const files = filesOf(input.data);
  const [chain, roots] = [readCertificates(files.chain), readCertificates(files.roots)];
  const { key, owner, findings } = judgeKey(files.key, chain.certificates);
  const signing = owner ?? chain.certificates[0];
  const { path, root } = wayUp(signing, chain.certificates, roots.certificates);
  return { input, layout: files.layout, chain, roots, keyName: files.key.name, key, signing, path, root, keyFindings: findings };
}

function wayUp(signing: CertificateFacts | undefined, chain: readonly CertificateFacts[], roots: readonly CertificateFacts[]): Pick<SecretView, 'path' | 'root'> {
  if (signing === undefined) return { path: [], root: undefined };
  if (signing.isSelfSigned) return { path: [signing], root: signing };
  const candidates = distinct([...chain, ...roots]).filter(({ sha256 }) => sha256 !== signing.sha256);
  const { intermediates, root } = climb(signing, candidates, new Set(roots.map(({ sha256 }) => sha256)));
  return { path: [signing, ...intermediates, ...(root === undefined ? [] : [root])], root };
}

export function distinct(certificates: readonly CertificateFacts[]): readonly CertificateFacts[] {
  return [...new Map(certificates.map((each) => [each.sha256, each])).values()];
}

export function isAmong(certificates: readonly CertificateFacts[], { sha256 }: CertificateFacts): boolean {
  return certificates.some((each) => each.sha256 === sha256);
}
