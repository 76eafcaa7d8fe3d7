// What of a node's parts does no built-in role of Kubernetes name?
import type { ApiObject } from '../control-plane/api/objects.ts';

const rbac = 'rbac.authorization.k8s.io';

export const nodeRights: readonly ApiObject[] = [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'system:coredns' },
    rules: [
      { apiGroups: [''], resources: ['services', 'namespaces', 'pods', 'endpoints'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'system:coredns' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:coredns' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: 'system:coredns' }],
  },
];
