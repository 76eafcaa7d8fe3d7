// Who trusts whom: the emulator's IAM knows the cluster's token keys and a role for exactly our ServiceAccount.
import type { Api } from '../control-plane/api.ts';
import type { EmulatorClient } from '../pca-emulator/src/admin-client.ts';

export const account = '123456789012';
export const region = 'eu-central-1';
export const roleArn = `arn:aws:iam::${account}:role/pca-issuer`;
/** That of a second cluster of the same company. */
export const secondRoleArn = `${roleArn}-b`;
/** As config/default installs it. */
export const serviceAccount = { namespace: 'pca-issuer', name: 'pca-issuer' } as const;
/** As the API server knows it. */
export const userName = `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`;

/** A ServiceAccount and the role that its tokens may assume. */
export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly roleArn: string;
}

export const ourIdentity: Identity = { ...serviceAccount, roleArn };

/** What `eksctl utils associate-iam-oidc-provider` and roles with a trust policy are on AWS. */
export async function trustCluster(api: Api, emulator: EmulatorClient, identities: readonly Identity[] = [ourIdentity]): Promise<void> {
  const [{ issuer }, jwks] = await Promise.all([
    api.request<{ issuer: string }>({ path: '/.well-known/openid-configuration' }),
    api.request<{ keys: readonly Record<string, string>[] }>({ path: '/openid/v1/jwks' }),
  ]);
  await emulator.trustCluster({ issuer, jwks });
  for (const identity of identities) {
    const subject = `system:serviceaccount:${identity.namespace}:${identity.name}`;
    await emulator.createRole({ arn: identity.roleArn, trust: [{ provider: issuer, audience: 'sts.amazonaws.com', subject }] });
  }
}
