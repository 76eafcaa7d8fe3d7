// Who may have the machine's one node? Whoever writes the record; the remains of one that crashed are removed first.
import { identify, isAlive } from '../control-plane/build/process-identity.ts';
import { killProcesses, readProcesses } from '../control-plane/cluster/host-process.ts';
import { isOrphan, readClusterIn } from '../control-plane/cluster/state.ts';
import { readKernelSettings } from './kernel-settings.ts';
import { readMachineRecord, writeMachineRecord } from './machine-record.ts';
import { removeNode } from './remove-node.ts';
import { Unavailable } from '../test/unavailable.ts';

/** @throws Unavailable with one sentence while the node of another control plane runs. */
export async function claimMachine(directory: string): Promise<void> {
  const former = readMachineRecord();
  if (former !== undefined) {
    const processes = await readProcesses(former.directory);
    const kubelet = processes.find(({ name }) => name === 'kubelet');
    const cluster = await readClusterIn(former.directory);
    const runs = kubelet !== undefined && isAlive(kubelet) && !(cluster !== undefined && isOrphan(cluster));
    // Its kubelet is the last to be started: half a minute passes until then.
    const isWanted = runs || (former.claimer !== undefined && isAlive(former.claimer));
    if (former.directory !== directory && isWanted) throw new Unavailable(inUse(former.directory));
    await killProcesses(processes.filter(({ name }) => nodeParts.includes(name)));
    removeNode(former.directory);
  }
  if (!(await writeMachineRecord({ directory, claimer: identify(process.pid), settings: readKernelSettings() }))) throw new Unavailable(inUse(readMachineRecord()?.directory ?? 'another checkout'));
}

/** The processes of a node, by the names of their records. */
export const nodeParts: readonly string[] = ['containerd', 'kubelet', 'kube-proxy', 'coredns', 'kube-scheduler'];

function inUse(directory: string): string {
  return `The node of ${directory} runs on this machine, and there can be one: take it down first.`;
}
