// Where are the addresses and the files of a node? One node at a time runs on a machine, so they are the same for all.
import { join } from 'node:path';

export const network = {
  /** the end of the veth pair on the machine's side; the API server and what stands for AWS listen there */
  outside: '10.251.0.1',
  inside: '10.251.0.2',
  prefix: 30,
  pods: '10.244.0.0/24',
  link: 'pca-issuer',
} as const;

/** On a file system of its own, and short: the path of a socket may have 107 characters. Also tells every checkout that a node is here. */
export const runFolder = '/run/pca-issuer-node';
export const recordFile = join(runFolder, 'node.json');
export const namespaceFile = join(runFolder, 'net');
export const containerdSocket = join(runFolder, 'containerd.sock');

export const nodeName = 'node-1';

/** What a node keeps in the folder of its control plane. */
export function nodeFolder(clusterDirectory: string): string {
  return join(clusterDirectory, 'node');
}

/** @returns the command that runs another one in the node's network; `ip netns exec` would hide /sys/fs/cgroup from it. */
export function inside(command: string, args: readonly string[]): { readonly command: string; readonly args: readonly string[] } {
  return { command: 'nsenter', args: [`--net=${namespaceFile}`, command, ...args] };
}
