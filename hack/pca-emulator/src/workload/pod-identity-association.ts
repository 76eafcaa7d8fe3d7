// Which role does a pod get from EKS Pod Identity? That of its ServiceAccount's association.

export interface PodIdentityAssociation {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  /** `emulated` unless told. It goes into the session's name and tags. */
  readonly clusterName: string;
}

/** A ServiceAccount has one association; a second one takes its place. */
export function associationKey({ namespace, serviceAccount }: Pick<PodIdentityAssociation, 'namespace' | 'serviceAccount'>): string {
  return `${namespace}/${serviceAccount}`;
}
