// Several controllers at once, of which one leads: to stop, suspend and kill.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, signalProcess } from '../../hack/control-plane/build/process-identity.ts';
import { findProcess } from '../../hack/control-plane/cluster/host-process.ts';
import { waitForLine, type LogWait } from '../../hack/control-plane/log-file.ts';
import type { JournalEntry } from '../../hack/pca-emulator/src/admin-client.ts';
import { slowness } from '../../hack/test/slowness.ts';
import { startControllerProcess, type ControllerProcess } from '../../hack/world/controller-process.ts';
import type { ScenarioWorld } from './worlds.ts';

export const leaderElection: readonly string[] = ['--leader-elect', '--leader-election-namespace=pca-issuer'];

export interface Replica extends ControllerProcess {
  /** Its session at AWS too. */
  readonly name: string;
}

const started: Replica[] = [];

/** Starts one more, beside those that run. @param server the way to the API server, where it is another one than ours. */
export async function startReplica({ api, address }: ScenarioWorld, server = api.server): Promise<Replica> {
  const name = `replica-${started.length + 1}`;
  const bundle = join(import.meta.dirname, '../../dist/pca-issuer.mjs');
  const common = { directory: address.directory, emulatorUrl: address.emulatorUrl, form: 'bundle', flags: leaderElection, bundle } as const;
  const replica = { name, ...(await startControllerProcess({ ...common, api: { ...api, server }, name })) };
  started.push(replica);
  return replica;
}

/** The controller that came with the world gives up the lease. @returns once it has ended. */
export async function retireFirst({ address }: ScenarioWorld): Promise<void> {
  const first = await findProcess(address.directory, 'pca-issuer');
  signalProcess(first, 'SIGTERM');
  while (isAlive(first)) await delay(20);
}

/** The same, and what an earlier scenario left is killed. */
export async function endReplicas(world: ScenarioWorld): Promise<void> {
  await retireFirst(world);
  await Promise.all(started.map((replica) => replica.kill()));
}

/** Limits are promises for a machine that is quick and has time for its processes; a slower or busier one gets as much more as it needs for any work. */
export function allowedMs(promisedMs: number): number {
  return promisedMs * slowness();
}

/** Did this replica make the call? */
export function isBy({ name }: Replica, { caller }: JournalEntry): boolean {
  return caller?.endsWith(`/${name}`) === true;
}

/** Resolves when the log contains the text. @throws Error when it does not in time, or the signal aborts. */
export async function logSays({ logFile }: ControllerProcess, text: string, options?: LogWait): Promise<void> {
  await waitForLine(logFile, text, options);
}
