// How does a control plane go: on request, after a crash, or with the process that wanted it?
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeNode } from '../../node/remove-node.ts';
import { isLocked } from '../build/file-lock.ts';
import { signalProcess } from '../build/process-identity.ts';
import { killProcesses, readProcesses, type ProcessRecord } from './host-process.ts';
import { clusterNames, isOrphan, lockOf, readCluster, type Cluster } from './state.ts';

/** Stops the processes recorded under a control plane's folder, these and no others, with its node's pods, and removes the folder. */
export async function remove(directory: string): Promise<void> {
  await killProcesses(await readProcesses(directory));
  removeNode(directory);
  await rm(directory, { recursive: true, force: true });
}

/** Removes control planes whose owner died without taking them down, unless somebody works on them. */
export async function sweepOrphans(): Promise<void> {
  for (const name of await clusterNames()) {
    const cluster = await readCluster(name);
    if (cluster !== undefined && isOrphan(cluster) && !(await isLocked(lockOf(name)))) await remove(cluster.directory);
  }
}

const toRemove = new Set<string>();

/** Removes a control plane when this process exits, if it is still ours then. There is no time for promises. */
export function removeAtExit(directory: string): void {
  if (toRemove.size === 0) process.once('exit', () => toRemove.forEach(removeNow));
  toRemove.add(directory);
}

function removeNow(directory: string): void {
  try {
    const { owner } = JSON.parse(readFileSync(join(directory, 'cluster.json'), 'utf8')) as Cluster;
    if (owner?.pid !== process.pid) return;
    const processes = join(directory, 'processes');
    for (const file of readdirSync(processes)) {
      signalProcess(JSON.parse(readFileSync(join(processes, file), 'utf8')) as ProcessRecord, 'SIGKILL');
    }
    removeNode(directory);
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // taken down already
  }
}
