// A third cluster under the same AWS, where nothing of ours runs yet: aws-privateca-issuer may live there, under its own role.
import { join } from 'node:path';
import { connect } from '../../hack/control-plane/api.ts';
import { down, up } from '../../hack/control-plane/cluster.ts';
import type { Progress } from '../../hack/control-plane/progress.ts';
import { connectEmulator } from '../../hack/pca-emulator/src/admin-client.ts';
import { peerIdentity } from '../../hack/world/peer-process.ts';
import { trustCluster } from '../../hack/world/trust.ts';
import type { WorldAddress } from '../harness/worlds.ts';

export interface ThirdCluster {
  readonly name: string;
  readonly directory: string;
  readonly address: WorldAddress;
  close(): Promise<void>;
}

export interface ThirdClusterOptions {
  readonly emulatorUrl: string;
  readonly keep: boolean | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Starts it, and has AWS know its tokens and the role of that ServiceAccount. */
export async function startThirdCluster({ emulatorUrl, keep = false, progress, signal }: ThirdClusterOptions): Promise<ThirdCluster> {
  const name = 'e2e-mesh-c';
  const { directory, kubeconfig } = await up({ name, istio: true, keep, progress, signal });
  const api = await connect(kubeconfig);
  try {
    await trustCluster(api, connectEmulator(emulatorUrl), [peerIdentity]);
  } finally {
    await api.close();
  }
  return {
    name,
    directory,
    address: { kubeconfig, emulatorUrl, clockUrl: '', metricsUrl: '', controllerLog: join(directory, 'logs/pca-issuer.log'), directory },
    close: async () => {
      if (!keep) await down(name);
    },
  };
}
