// Which values of the Secret does istiod read as what? Two layouts; where tls.crt is, it wins outright (istio-cacerts: 1.1).

/** The keys of a Secret and their text. */
export type SecretData = Readonly<Record<string, string>>;

export interface SecretFile {
  /** As people see it: `tls.crt`, or `cert-chain.pem`. */
  readonly name: string;
  readonly text: string;
}

export interface SecretFiles {
  readonly layout: 'tls' | 'classic';
  /** The intermediate first. */
  readonly chain: SecretFile;
  readonly key: SecretFile;
  readonly roots: SecretFile;
}

export const classicKeys = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem'] as const;

export function filesOf(data: SecretData): SecretFiles {
  const file = (name: string): SecretFile => ({ name, text: data[name] ?? '' });
  if (data['tls.crt'] === undefined && classicKeys.some((name) => data[name] !== undefined)) {
    return { layout: 'classic', chain: file('cert-chain.pem'), key: file('ca-key.pem'), roots: file('root-cert.pem') };
  }
  return { layout: 'tls', chain: file('tls.crt'), key: file('tls.key'), roots: file('ca.crt') };
}
