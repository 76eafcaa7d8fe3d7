// AssumeRoleForPodIdentity: a pod's token becomes a session of the role that its ServiceAccount is associated with.
import type { Session } from '../access/credentials.ts';
import { roleNameOf } from '../arn.ts';
import type { Store } from '../state/store.ts';
import type { KeyFinder } from '../sts/oidc-provider.ts';
import { trustsService } from '../sts/role.ts';
import { openSession } from '../sts/session-grant.ts';
import { verifyWebIdentityToken, type TokenClaims } from '../sts/web-identity-token.ts';
import { ApiError } from '../wire/api-error.ts';
import { associationKey, type PodIdentityAssociation } from './pod-identity-association.ts';
import { serviceSessionSeconds } from './workload-operations.ts';

const audience = 'pods.eks.amazonaws.com';
const service = 'pods.eks.amazonaws.com';
// Nobody tells the emulator where its cluster runs; AWS has the cluster's own region here.
const clusterRegion = 'us-east-1';

export interface PodIdentityCall {
  readonly store: Store;
  readonly findJsonWebKey: KeyFinder;
  /** The machine's time, in milliseconds. */
  readonly nowMs: number;
  /** What the journal is to know. */
  readonly notes: { subject?: string; caller?: Session; roleArn?: string };
}

/** @throws ApiError InvalidParameterException, InvalidTokenException, ExpiredTokenException, ResourceNotFoundException (404), AccessDeniedException */
export async function assumeRoleForPodIdentity(token: string | undefined, call: PodIdentityCall): Promise<Session> {
  const { store, nowMs, notes } = call;
  if (!token) throw new ApiError('InvalidParameterException', 'Service account token cannot be empty');
  const claims = await verified(token, call);
  notes.subject = claims.subject;
  const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(claims.subject) ?? [];
  const association = namespace && serviceAccount ? store.podIdentityAssociations.get(associationKey({ namespace, serviceAccount })) : undefined;
  if (association === undefined) {
    throw new ApiError('ResourceNotFoundException', `No association found for the service account ${serviceAccount} in the namespace ${namespace}.`, 404);
  }
  notes.roleArn = association.roleArn;
  const role = store.roles.get(association.roleArn);
  const sessionName = sessionNameOf(association, claims);
  const tags = tagsOf(association, claims);
  if (role === undefined || trustsService(role, service, { sessionName, tags, isTagged: true }) !== 'trusted') throw podIdentityDenied();
  const order = { role, sessionName, durationSeconds: serviceSessionSeconds, chained: false, tags, transitiveTagKeys: Object.keys(tags), nowMs };
  notes.caller = openSession(store, order);
  return notes.caller;
}

export function podIdentityDenied(): ApiError {
  return new ApiError('AccessDeniedException', 'Unauthorized Exception! EKS does not have permissions to assume the associated role.');
}

async function verified(token: string, { store, findJsonWebKey, nowMs }: PodIdentityCall): Promise<TokenClaims> {
  try {
    return await verifyWebIdentityToken(token, { provider: (issuer) => store.providers.get(issuer), audiences: () => [audience], findKey: findJsonWebKey, nowMs });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'ExpiredTokenException') throw error;
    throw error.code === 'InvalidIdentityToken'
      ? new ApiError('InvalidTokenException', error.message)
      : new ApiError('ServiceUnavailableException', error.message, 503);
  }
}

/** `eks-<cluster>-<pod>-<uid>`, as long as a session's name may be. */
function sessionNameOf({ clusterName, serviceAccount }: PodIdentityAssociation, { pod }: TokenClaims): string {
  return ['eks', clusterName, pod?.name ?? serviceAccount, ...(pod === undefined ? [] : [pod.uid])].join('-').slice(0, 64);
}

function tagsOf({ namespace, serviceAccount, clusterName, roleArn }: PodIdentityAssociation, { pod }: TokenClaims): Record<string, string> {
  const { partition, account } = roleNameOf(roleArn) ?? {};
  return {
    'eks-cluster-arn': `arn:${partition}:eks:${clusterRegion}:${account}:cluster/${clusterName}`,
    'eks-cluster-name': clusterName,
    'kubernetes-namespace': namespace,
    'kubernetes-service-account': serviceAccount,
    ...(pod === undefined ? {} : { 'kubernetes-pod-name': pod.name, 'kubernetes-pod-uid': pod.uid }),
  };
}
