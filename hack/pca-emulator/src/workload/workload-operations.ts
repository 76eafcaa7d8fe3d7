// The calls by which a workload gets its credentials without STS, under the names that the journal and faults know them by.

export const podIdentityOperation = 'AssumeRoleForPodIdentity';
export const instanceMetadataOperation = 'InstanceMetadata';
export const workloadOperationNames: readonly string[] = [podIdentityOperation, instanceMetadataOperation];

/** Sessions that AWS's own services ask for last six hours, whatever the role's longest session is. */
export const serviceSessionSeconds = 6 * 3600;
