// May a node run on this machine?
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { network } from './layout.ts';

export interface Machine {
  readonly platform: string;
  readonly uid: number;
  /** cgroups of another node */
  readonly foreignPods: boolean;
  /** IPv4 addresses of the machine, the ends of a node's own network left out */
  readonly addresses: readonly string[];
  readonly availableMemoryMiB: number;
  /** where the node keeps its images and containers */
  readonly disk: { readonly freeMiB: number; readonly freePercent: number };
  /** where images are made */
  readonly workshops: readonly { readonly folder: string; readonly freeMiB: number }[];
}

/** What a node, a control plane and the pods of the scenarios take (1.4 GB of memory, 1.1 GB of files), and some room. */
const leastMemoryMiB = 2_048;
const leastDiskMiB = 3_072;
const leastWorkshopMiB = 1_024;

/** @returns undefined where it may, else the sentence that says why not. */
export function judgeMachine({ platform, uid, foreignPods, addresses, availableMemoryMiB, disk, workshops }: Machine): string | undefined {
  if (platform !== 'linux') return `A node runs on Linux only, and this is ${platform}.`;
  if (uid !== 0) return 'A node needs root: it makes a network namespace, mounts and cgroups.';
  if (foreignPods) return 'Another kubelet runs pods on this machine (there are kubepods cgroups): two would take them from each other.';
  const taken = addresses.find((address) => address.startsWith(podPrefix) || address.startsWith(linkPrefix));
  if (taken !== undefined) return `This machine has the address ${taken}, and a node has ${network.pods} and ${network.outside}/${network.prefix} to itself.`;
  if (availableMemoryMiB < leastMemoryMiB) return `A node needs ${leastMemoryMiB} MiB of memory, and ${Math.floor(availableMemoryMiB)} are free.`;
  if (disk.freeMiB < leastDiskMiB) return `A node needs ${leastDiskMiB} MiB on the disk of this checkout, and ${Math.floor(disk.freeMiB)} are free.`;
  // kubelet takes no pods from 1 % on (settings.ts, evictionHard).
  if (disk.freePercent < 3) return `A node needs 3 % of the disk of this checkout, and ${disk.freePercent.toFixed(1)} % are free.`;
  const narrow = workshops.find(({ freeMiB }) => freeMiB < leastWorkshopMiB);
  if (narrow !== undefined) return `The image needs ${leastWorkshopMiB} MiB in ${narrow.folder}, and ${Math.floor(narrow.freeMiB)} are free.`;
  return undefined;
}

const podPrefix = network.pods.replace(/\.0\/24$/, '.');
const linkPrefix = network.outside.replace(/\d+$/, '');

/** @param folder  one that exists, on the disk where the node keeps its files */
export function thisMachine(folder: string): Machine {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, all = []]) => (name === network.link ? [] : all.map(({ address }) => address)));
  const { bavail, blocks } = statfsSync(folder);
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    foreignPods: podCgroups().length > 0,
    addresses,
    availableMemoryMiB: availableMemoryMiB(),
    disk: { freeMiB: freeMiB(folder), freePercent: (100 * bavail) / blocks },
    workshops: [tmpdir(), '/var/tmp', '/var/lib/containers'].filter((each) => existsSync(each)).map((each) => ({ folder: each, freeMiB: freeMiB(each) })),
  };
}

function freeMiB(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 1024 ** 2;
}

/** What the kernel can give without swapping, or the container that we are in; where there is no Linux, nothing that matters. */
function availableMemoryMiB(): number {
  if (!existsSync('/proc/meminfo')) return 0;
  const machine = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) / 1024;
  const container = process.constrainedMemory() / 1024 ** 2;
  return container > 0 ? Math.min(machine, container) : machine;
}

const cgroups = '/sys/fs/cgroup';

/** @returns the folders of the cgroups that hold pods: one, or with cgroup v1 one for each controller. */
export function podCgroups(): readonly string[] {
  if (!existsSync(cgroups)) return [];
  const controllers = readdirSync(cgroups, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(cgroups, name));
  return [cgroups, ...controllers].map((folder) => join(folder, 'kubepods')).filter((folder) => existsSync(folder));
}
