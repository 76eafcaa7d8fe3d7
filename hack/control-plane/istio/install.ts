// What does istiod find in a cluster before it starts?
import type { Api } from '../api.ts';
import { readManifests } from '../api/objects.ts';
import { besideProgram } from '../programs.ts';

const mesh = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'istio', namespace: 'istio-system' }, data: { mesh: 'trustDomain: cluster.local\n' } };

/**
 * Installs Istio's CRDs, and namespace, ServiceAccount and mesh configuration for istiod, unless it was done before.
 * @param istiod  path of the program, with its CRDs beside it
 */
export async function installIstio(api: Api, istiod: string): Promise<void> {
  if ((await api.get({ ...mesh.metadata, apiVersion: 'v1', kind: 'ConfigMap' })) !== undefined) return;
  const crds = await readManifests(besideProgram(istiod, 'crds.yaml'));
  await api.apply([
    ...crds,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'istiod', namespace: 'istio-system' } },
  ]);
  await api.apply(mesh); // last, since it says that all is there
}
