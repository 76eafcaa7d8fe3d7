// Who runs istiod where Istio's own chart has installed it and there is no node? This: it does for one Deployment what kubelet and the
// controllers of Deployments would do, with a process.
import type { Api } from '../api.ts';
import { timestamp, type ApiObject } from '../api/objects.ts';
import type { Cluster } from '../cluster/state.ts';
import { startIstiod, type Istiod } from '../istiod.ts';
import { serviceAccountKubeconfig } from '../service-account.ts';

export interface RunningDeployment {
  /** The process of now. @throws Error when the Deployment is not there, or with why it could not run */
  istiod(): Istiod;
  /** How many times it was started. */
  readonly starts: number;
  /** Ends it; the Deployment is no longer followed. */
  stop(): Promise<void>;
}

interface Template {
  readonly spec: { readonly serviceAccountName: string; readonly containers: readonly { readonly env?: readonly { readonly name: string; readonly value?: string }[] }[] };
}

/**
 * Follows a Deployment of istio-system: starts istiod when it appears, under its ServiceAccount and with the environment of its pod
 * template; starts it again when the template changes (helm upgrade, kubectl set env, kubectl rollout restart); and reports the status that
 * `kubectl rollout status` waits for.
 */
export function runDeployment({ api, cluster, name = 'istiod' }: { readonly api: Api; readonly cluster: Cluster; readonly name?: string | undefined }): RunningDeployment {
  const where = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'istio-system', name };
  const end = new AbortController();
  let running: Istiod | undefined;
  let template = '';
  let starts = 0;
  let trouble: unknown = new Error(`there is no Deployment ${name}`);

  const restart = async (wanted: Template): Promise<void> => {
    await running?.stop();
    running = undefined;
    try {
      const kubeconfig = await serviceAccountKubeconfig(cluster, { namespace: where.namespace, name: wanted.spec.serviceAccountName });
      running = await startIstiod({ cluster, api, installed: { name, kubeconfig }, environment: environmentOf(wanted) });
      starts += 1;
    } catch (error) {
      trouble = error; // as a pod that crashes: the next template may cure it
    }
  };

  const following = (async () => {
    for await (const deployment of api.states(where, end.signal)) {
      if (deployment === undefined) {
        await running?.stop();
        running = undefined;
        template = '';
        continue;
      }
      const wanted = deployment['spec'].template as Template;
      if (JSON.stringify(wanted) !== template) await restart(wanted);
      template = JSON.stringify(wanted);
      await report(api, where, deployment, running !== undefined);
    }
  })();
  following.catch((error: unknown) => (trouble = error));

  return {
    istiod: () => {
      if (running === undefined) throw new Error(`Deployment ${name} does not run`, { cause: trouble });
      return running;
    },
    get starts() {
      return starts;
    },
    stop: async () => {
      end.abort();
      await following;
      await running?.stop();
    },
  };
}

function environmentOf({ spec }: Template): Record<string, string> {
  const plain = (spec.containers[0]?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(plain);
}

async function report(api: Api, where: { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string }, deployment: ApiObject, isRunning: boolean): Promise<void> {
  const { generation } = deployment.metadata as { readonly generation?: number };
  const available = isRunning ? 1 : 0;
  if (deployment['status']?.observedGeneration === generation && (deployment['status']?.availableReplicas ?? 0) === available) return;
  const condition = (type: string, reason: string) => ({ type, status: isRunning ? 'True' : 'False', reason, message: reason, lastUpdateTime: timestamp(), lastTransitionTime: timestamp() });
  const status = {
    observedGeneration: generation, replicas: 1, updatedReplicas: 1, readyReplicas: available, availableReplicas: available, unavailableReplicas: 1 - available,
    conditions: [condition('Available', isRunning ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable'), condition('Progressing', 'NewReplicaSetAvailable')],
  };
  await api.patch(where, { status }, 'status');
}
