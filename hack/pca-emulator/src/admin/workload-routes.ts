// Admin: which roles workloads have without a word to STS. Associations of EKS Pod Identity, and the instance's profile.
import { roleNameOf } from '../arn.ts';
import { instanceProfileKey } from '../state/store.ts';
import { associationKey, type PodIdentityAssociation } from '../workload/pod-identity-association.ts';
import type { Route } from './admin-endpoint.ts';
import { bad, bodyFields, onlyFields, optionalText, text, type Fields } from './fields.ts';

export const workloadRoutes: Readonly<Record<string, Route>> = {
  'POST /admin/pod-identity-associations': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['namespace', 'serviceAccount', 'roleArn', 'clusterName']);
    const association: PodIdentityAssociation = {
      namespace: text(fields, 'namespace'),
      serviceAccount: text(fields, 'serviceAccount'),
      roleArn: role(fields),
      clusterName: optionalText(fields, 'clusterName') ?? 'emulated',
    };
    store.podIdentityAssociations.put(associationKey(association), association);
    return association;
  },
  'GET /admin/pod-identity-associations': (_request, { store }) => ({ associations: store.podIdentityAssociations.values() }),
  'DELETE /admin/pod-identity-associations': ({ query }, { store }) => {
    const [namespace, serviceAccount] = [query.get('namespace'), query.get('serviceAccount')];
    if ((namespace === null) !== (serviceAccount === null)) throw bad('namespace and serviceAccount go together');
    if (namespace === null || serviceAccount === null) store.podIdentityAssociations.clear();
    else store.podIdentityAssociations.delete(associationKey({ namespace, serviceAccount }));
    return {};
  },
  'POST /admin/instance-profile': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['roleArn']);
    const roleArn = role(fields);
    store.instanceProfiles.put(instanceProfileKey, roleArn);
    return { roleArn };
  },
  'DELETE /admin/instance-profile': (_request, { store }) => {
    store.instanceProfiles.delete(instanceProfileKey);
    return {};
  },
};

function role(fields: Fields): string {
  const arn = text(fields, 'roleArn');
  if (roleNameOf(arn) === undefined) throw bad(`${arn} is not the ARN of a role`);
  return arn;
}
