// A mesh as istio-multicluster.md leaves it, where the guides begin that are about change.
import { hasCondition } from '../../hack/control-plane/api.ts';
import { tookRenewal, type Istiod } from '../../hack/control-plane/istiod.ts';
import { startSidecar, type Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import { keepTalking, type Traffic } from '../../hack/control-plane/mesh/traffic.ts';
import { cacertsSpec, certManager, group, ours } from '../harness/scenario.ts';
import { installIstio } from './mesh-before.ts';
import type { Cluster, GuideStage } from './stage.ts';

/** The CA that every guide takes for its reader's. */
export const readersArn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555';

/** Issuer, Certificate and istiod in both clusters. */
export async function startMesh(stage: GuideStage, arn: string): Promise<void> {
  await Promise.all((['a', 'b'] as const).map(async (name) => {
    const { api } = stage[name];
    const spec = { ...cacertsSpec({ group, kind: 'AWSPCAClusterIssuer', name: 'mesh-root' }), commonName: `cluster-${name}.istio-ca` };
    await api.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
      { apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: 'mesh-root' }, spec: { arn } },
      { apiVersion: certManager, kind: 'Certificate', metadata: { name: 'cacerts', namespace: 'istio-system' }, spec },
    ]);
    await api.waitFor({ apiVersion: certManager, kind: 'Certificate', namespace: 'istio-system', name: 'cacerts' }, (object) => hasCondition(object, 'Ready'), { what: 'cacerts to be Ready' });
    await installIstio(stage, name);
  }));
}

/** A workload with its ServiceAccount and its first certificate. @param of the Deployment of its revision's istiod */
export async function startWorkload(cluster: Cluster, name: string, of?: string): Promise<Sidecar> {
  const [, serviceAccount = name] = name.split('/');
  await cluster.api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'default', name: serviceAccount } });
  return startSidecar(name, { namespace: 'default', serviceAccount }, () => cluster.deployment(of).istiod());
}

/** A guide takes a minute, and others want the machine: one handshake after the other, 50 ms apart. */
export function talk(workloads: readonly Sidecar[]): Traffic {
  return keepTalking(workloads, 50);
}

/** Waits for renewals that istiod has taken without a restart, one after the other, since it was started. */
export function followRenewals(clusters: readonly Cluster[]): { taken(): Promise<void> } {
  const read = new Map<Istiod, number>();
  return {
    taken: async () => {
      for (const cluster of clusters) {
        const istiod = cluster.deployment().istiod();
        const after = read.get(istiod) ?? 0;
        await istiod.waitForLog(tookRenewal, { after });
        read.set(istiod, (await istiod.logs()).indexOf(tookRenewal, after) + tookRenewal.length);
      }
    },
  };
}
