// The worlds that `npm run e2e` and its likes have started, as the scenario files reach them.
import { connect, type Api } from '../../hack/control-plane/api.ts';
import { recordProcess } from '../../hack/control-plane/cluster/host-process.ts';
import type { ImageValues } from '../../hack/image/reference.ts';
import { connectEmulator, type EmulatorClient } from '../../hack/pca-emulator/src/admin-client.ts';
import type { World } from '../../hack/world/world.ts';

/**
 * `approving`: cert-manager's approver approves our requests, the bundle runs. `by-hand`: only the test approves, and moves the clock.
 * `dates`: as `by-hand`, for one file, which starts the controller again with other clocks.
 * `paced`: as `by-hand`, for one file, which lets hours pass.
 * `proxied`: the same, and a proxy that misbehaves stands before the API server.
 * `replicated`: as `approving`, with leader election; the file starts and ends replicas.
 * `crowded`: as `approving`, for one file, which sets AWS's quotas and round trips.
 * `at-rate`: the same.
 * `aged`: as `approving`, for one file, which takes fields out of our CRDs.
 * `matrix`: as `approving`, for one file at a time, which may take away everybody's credentials and kill the controller.
 * `killed`: the same, for the file that kills the controller and leaves none behind.
 * `bare`: the file starts a control plane of its own, without anything of ours.
 * `mesh-a`, `mesh-b`: two clusters under one AWS, as `approving`, on which files of e2e/mesh run istiods; `mesh-c`: a third, with nothing of ours.
 * `node`: a control plane with a real node, of e2e/node; nothing of ours is installed.
 * `ambient`: as `approving`, for one file, which starts controllers with credentials of their own.
 */
export type WorldName = 'approving' | 'by-hand' | 'dates' | 'paced' | 'proxied' | 'replicated' | 'crowded' | 'at-rate' | 'aged' | 'matrix' | 'killed' | 'ambient' | 'bare' | 'node' | 'mesh-a' | 'mesh-b' | 'mesh-c';

export interface WorldAddress {
  readonly kubeconfig: string;
  readonly emulatorUrl: string;
  readonly clockUrl: string;
  /** The controller's page of metrics. */
  readonly metricsUrl: string;
  readonly controllerLog: string;
  /** Logs and records of every process. */
  readonly directory: string;
  /** For hack/api-proxy/client.ts; only in `proxied`. */
  readonly proxyUrl?: string;
  /** Values of the chart that name the image, where it is not the chart's own; only in `node`. */
  readonly image?: ImageValues | undefined;
  /** Whether the processes of pods are this machine's, and ours to look at and to end; only in `node`. */
  readonly seesProcesses?: boolean;
}

export type WorldAddresses = Partial<Readonly<Record<WorldName, WorldAddress>>>;

/** Where the scenario files find what a command has started. */
export function addressOfWorld({ kubeconfig, emulatorUrl, controller: { clockUrl, metricsUrl, logFile }, directory, proxyUrl }: World): WorldAddress {
  return { kubeconfig, emulatorUrl, clockUrl, metricsUrl, controllerLog: logFile, directory, ...(proxyUrl !== undefined && { proxyUrl }) };
}

export const addressesVariable = 'PCA_ISSUER_E2E_WORLDS';

export interface ScenarioWorld {
  readonly api: Api;
  readonly emulator: EmulatorClient;
  readonly address: WorldAddress;
}

const connected = new Map<WorldName, Promise<ScenarioWorld>>();

/** @throws Error where it was not started. */
export function worldOf(name: WorldName): Promise<ScenarioWorld> {
  const known = connected.get(name);
  if (known !== undefined) return known;
  const made = reach(name);
  connected.set(name, made);
  return made;
}

/** @returns undefined where the world was not started. */
export function addressOf(name: WorldName): WorldAddress | undefined {
  return (JSON.parse(process.env[addressesVariable] ?? '{}') as WorldAddresses)[name];
}

async function reach(name: WorldName): Promise<ScenarioWorld> {
  const address = addressOf(name);
  if (address === undefined) throw new Error(`the world "${name}" is not running; start the scenarios with npm run e2e`);
  recordProcess(address.directory, `test-${process.pid}`, process.pid);
  return { address, api: await connect(address.kubeconfig), emulator: connectEmulator(address.emulatorUrl) };
}

export async function leaveWorlds(): Promise<void> {
  for (const world of await Promise.all(connected.values())) await world.api.close();
}
