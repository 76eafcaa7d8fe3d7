// How do other programs reach a control plane, and as whom?

export type KubeconfigUser =
  | { readonly clientCertificatePem: string; readonly clientKeyPem: string }
  | { readonly tokenFile: string }
  | { readonly token: string };

export interface KubeconfigFacts {
  /** of cluster, context and user alike */
  readonly name: string;
  readonly server: string;
  readonly caPem: string;
  readonly user: KubeconfigUser;
  readonly namespace?: string;
}

/** @returns a kubeconfig with one context. CA and client certificates are embedded, so that the file may be copied. */
export function kubeconfigText({ name, server, caPem, user, namespace = 'default' }: KubeconfigFacts): string {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const login =
    'clientKeyPem' in user
      ? [`client-certificate-data: ${base64(user.clientCertificatePem)}`, `client-key-data: ${base64(user.clientKeyPem)}`]
      : Object.entries(user).map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
  return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
  - name: ${name}
    cluster:
      server: ${server}
      certificate-authority-data: ${base64(caPem)}
contexts:
  - name: ${name}
    context: {cluster: ${name}, user: ${name}, namespace: ${namespace}}
users:
  - name: ${name}
    user:
      ${login.join('\n      ')}
`;
}
