// Where both are measured: one control plane that notes every write, and one emulator as slow and as strict as AWS.
import { join } from 'node:path';
import { build } from '../build/build.ts';
import { connect, type Api } from '../control-plane/api.ts';
import { readManifests } from '../control-plane/api/objects.ts';
import { down, up, type Cluster } from '../control-plane/cluster.ts';
import { findProcess, killProcesses } from '../control-plane/cluster/host-process.ts';
import { ensurePrograms } from '../control-plane/programs.ts';
import type { Progress } from '../control-plane/progress.ts';
import { connectEmulator, type EmulatorClient } from '../pca-emulator/src/admin-client.ts';
import { peerIdentity } from '../world/peer-process.ts';
import { ourIdentity, trustCluster } from '../world/trust.ts';
import { install, startEmulatorProcess } from '../world/world.ts';

export interface Arena {
  readonly cluster: Cluster;
  readonly directory: string;
  readonly api: Api;
  readonly emulator: EmulatorClient;
  readonly emulatorUrl: string;
  readonly peerProgram: string;
  readonly bundle: string;
  close(): Promise<void>;
}

/** AWS as it is seen from a cluster: round trips, signing, quotas (25 Issue, 75 Get, 20 Describe a second). */
export const awsSettings = { roundTripMs: { '*': 150 }, signingMs: 1_500, quotaScale: 1 } as const;

const name = 'bench';

/** Nobody approves but the bench, so that both get the very same approvals. */
/** @param bundle of ours that was built before; built from the sources where left out */
export async function openArena({ bundle: given, progress, signal }: { readonly bundle?: string | undefined; readonly progress: Progress; readonly signal: AbortSignal }): Promise<Arena> {
  const { 'aws-privateca-issuer': peerProgram } = await ensurePrograms(['aws-privateca-issuer'], { progress, signal });
  const cluster = await up({ name, audit: 'writes', progress, signal });
  const { directory } = cluster;
  const api = await connect(cluster);
  const close = async (): Promise<void> => {
    await api.close();
    await down(name);
  };
  try {
    const [bundle, emulatorUrl, peerRights] = await Promise.all([
      given ?? build().then(({ file }) => file),
      startEmulatorProcess(directory),
      readManifests(join(import.meta.dirname, 'peer-rights.yaml')),
    ]);
    const emulator = connectEmulator(emulatorUrl);
    // Its approver may not approve here and would try again and again; of cert-manager only the webhook has work.
    await killProcesses([await findProcess(directory, 'cert-manager')]);
    await install(api, false);
    await api.apply(peerRights);
    await trustCluster(api, emulator, [ourIdentity, peerIdentity]);
    await emulator.settings(awsSettings);
    return { cluster, directory, api, emulator, emulatorUrl, peerProgram, bundle, close };
  } catch (error) {
    await close();
    throw error;
  }
}
