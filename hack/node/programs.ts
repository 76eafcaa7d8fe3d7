// What must be here before a node can start?
import { ensureDebianPackages } from '../debian/packages.ts';
import { ensurePrograms } from '../control-plane/programs.ts';
import type { Progress } from '../control-plane/progress.ts';
import { readMachineRecord } from './machine-record.ts';
import { judgeMachine, thisMachine } from './requirements.ts';

const names = ['pause', 'containerd', 'containerd-shim-runc-v2', 'ctr', 'kubelet', 'kube-scheduler', 'kube-proxy', 'coredns'] as const;

export type NodePrograms = Readonly<Record<(typeof names)[number], string>>;

/** Installs and builds what is missing. @throws Error with one sentence where this machine can run no node. */
export async function ensureNodePrograms(options: { readonly progress: Progress; readonly signal?: AbortSignal | undefined }): Promise<NodePrograms> {
  const machine = thisMachine();
  // What is left of a node of ours is removed before the next one starts, so it is no reason.
  const complaint = judgeMachine({ ...machine, foreignPods: machine.foreignPods && readMachineRecord() === undefined });
  if (complaint !== undefined) throw new Error(complaint);
  await ensureDebianPackages(['runc', 'iptables', 'iproute2', 'containernetworking-plugins', 'buildah'], options);
  return ensurePrograms(names, options);
}
