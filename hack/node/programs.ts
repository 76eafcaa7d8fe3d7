// What must be here before a node can start?
import { delimiter, dirname } from 'node:path';
import { clustersFolder } from '../control-plane/cluster/state.ts';
import { ensureDebianPackages } from '../debian/packages.ts';
import { ensurePrograms } from '../control-plane/programs.ts';
import type { Progress } from '../control-plane/progress.ts';
import { Unavailable } from '../test/unavailable.ts';
import { readMachineRecord } from './machine-record.ts';
import { judgeMachine, thisMachine } from './requirements.ts';
import { tryMachine } from './try-machine.ts';

export const nodePrograms = ['pause', 'containerd', 'containerd-shim-runc-v2', 'ctr', 'kubelet', 'kube-scheduler', 'kube-proxy', 'coredns'] as const;

export type NodePrograms = Readonly<Record<(typeof nodePrograms)[number], string>>;

/** Installs and builds what is missing. @throws Unavailable with one sentence where this machine can run no node. */
export async function ensureNodePrograms(options: { readonly progress: Progress; readonly signal?: AbortSignal | undefined }): Promise<NodePrograms> {
  // Where Debian has them, and where `su` and the like do not look.
  process.env['PATH'] = [process.env['PATH'], '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);
  const machine = thisMachine(dirname(clustersFolder));
  // What is left of a node of ours is removed before the next one starts, so it is no reason.
  complain(judgeMachine({ ...machine, foreignPods: machine.foreignPods && readMachineRecord() === undefined }));
  await ensureDebianPackages(['runc', 'iptables', 'iproute2', 'containernetworking-plugins', 'buildah'], options);
  complain(await tryMachine(`${clustersFolder}.trial`));
  return ensurePrograms(nodePrograms, options);
}

function complain(sentence: string | undefined): void {
  if (sentence !== undefined) throw new Unavailable(sentence);
}
