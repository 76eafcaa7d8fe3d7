// How does a node go without a trace, also when its processes were killed and its end comes at the exit of ours? Everything here is done at once, without promises.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { restoreKernelSettings } from './kernel-settings.ts';
import { containerdSocket, nodeFolder, runFolder } from './layout.ts';
import { readMachineRecord } from './machine-record.ts';
import { mountPointsUnder } from './mount-table.ts';
import { removeNetwork } from './node-network.ts';
import { podCgroups } from './requirements.ts';

/**
 * Ends the pods of a control plane's node and undoes what it changed on the machine. Its recorded processes are dead by then.
 * Does nothing where the machine's node, if there is one, belongs to another control plane.
 */
export function removeNode(directory: string): void {
  const record = readMachineRecord();
  if (record?.directory !== directory) return;
  const containers = listed(join(runFolder, 'containerd/io.containerd.runtime.v2.task/k8s.io'));
  for (const pid of shims()) kill(pid);
  for (const cgroup of podCgroups()) endCgroup(cgroup);
  for (const folder of [nodeFolder(directory), runFolder]) {
    for (const point of mountPointsUnder(readFileSync('/proc/self/mountinfo', 'utf8'), folder)) spawnSync('umount', ['--lazy', point]);
  }
  removeNetwork();
  removeLinksInto(nodeFolder(directory));
  for (const folder of ['/var/lib/cni/results', '/var/lib/cni']) removeThenIfEmpty(folder, isResultOfOurs);
  const sockets = new Set(containers.map(shimSocket));
  for (const folder of ['/run/containerd/s', '/run/containerd']) removeThenIfEmpty(folder, (name) => sockets.has(name));
  restoreKernelSettings(record.settings);
  rmSync(nodeFolder(directory), { recursive: true, force: true, maxRetries: 5 });
  rmSync(runFolder, { recursive: true, force: true }); // the record is in it, and goes last
}

/** Some of containerd's shims outlive their tasks. @returns those of our containerd */
function shims(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0]?.endsWith('containerd-shim-runc-v2') === true && words.includes(containerdSocket);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Kills what is in a cgroup and removes it, from the leaves up. A process takes a moment to go, on a busy machine seconds; what stayed would be taken for another kubelet's. */
function endCgroup(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) endCgroup(join(folder, entry.name));
  for (let attempt = 0; attempt < 3_000; attempt += 1) {
    try {
      for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) kill(Number(pid));
      rmdirSync(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

/** What CNI plugins answered is kept in a folder that no setting moves; it names the network namespace of the pod, which is below ours. */
function isResultOfOurs(_name: string, path: string): boolean {
  return lstatSync(path).isFile() && readFileSync(path, 'utf8').includes(`"netns":"${runFolder}/`);
}

/** Where a shim listens, which no setting moves either (containerd's pkg/shim, SocketAddress). */
function shimSocket(container: string): string {
  return createHash('sha256').update(join(containerdSocket, 'k8s.io', container)).digest('hex');
}

/** kubelet links the logs of containers in a folder that no setting moves. */
function removeLinksInto(target: string): void {
  removeThenIfEmpty('/var/log/containers', (_name, path) => lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(target));
}

/** Removes what is ours from a folder that others may share, and the folder where nothing is left in it. */
function removeThenIfEmpty(folder: string, isOurs: (name: string, path: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (isOurs(name, join(folder, name))) rmSync(join(folder, name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function listed(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
