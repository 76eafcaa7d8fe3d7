// Who is measured, and how is each started: as its chart would, with credentials for its own ServiceAccount.
import { findProcess } from '../control-plane/cluster/host-process.ts';
import { startControllerProcess } from '../world/controller-process.ts';
import { startPeerProcess } from '../world/peer-process.ts';
import type { Arena } from './arena.ts';
import { readAge } from './process-meter.ts';

export const controllerNames = ['ours', 'peer'] as const;
export type ControllerName = (typeof controllerNames)[number];

/** As the API server knows them. */
export const userNames: Readonly<Record<ControllerName, string>> = {
  ours: 'system:serviceaccount:pca-issuer:pca-issuer',
  peer: 'system:serviceaccount:aws-privateca-issuer:aws-privateca-issuer',
};

const peerVersion = '1.10.1';
export const controllerTitles: Readonly<Record<ControllerName, string>> = { ours: 'pca-issuer', peer: `aws-privateca-issuer v${peerVersion}` };

export interface RunningController {
  readonly pid: number;
  /** From the start of the process until it called itself ready. */
  readonly readySeconds: number;
  stop(): Promise<void>;
}

/** Starts one of them and waits until it is ready. Never start both: they answer for the same API group. */
export function startController(arena: Arena, name: ControllerName): Promise<RunningController> {
  return name === 'ours' ? startOurs(arena) : startPeer(arena);
}

async function startOurs({ api, directory, emulatorUrl, bundle }: Arena): Promise<RunningController> {
  const started = await startControllerProcess({ api, directory, emulatorUrl, form: 'bundle', bundle, name: 'ours', flags: ['--log-level=info'] });
  const { pid } = await findProcess(directory, 'ours');
  return { pid, readySeconds: await readAge(pid), stop: () => started.kill() };
}

async function startPeer({ api, directory, emulatorUrl, peerProgram }: Arena): Promise<RunningController> {
  // No leader election for either, so that nobody's start waits for a lease.
  const peer = await startPeerProcess({ api, directory, emulatorUrl, program: peerProgram, leaderElection: false });
  return { pid: peer.pid, readySeconds: await readAge(peer.pid), stop: () => peer.kill() };
}
