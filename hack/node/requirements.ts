// May a node run on this machine?
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Machine {
  readonly platform: string;
  readonly uid: number;
  /** cgroups of another node */
  readonly foreignPods: boolean;
}

/** @returns undefined where it may, else the sentence that says why not. */
export function judgeMachine({ platform, uid, foreignPods }: Machine): string | undefined {
  if (platform !== 'linux') return `A node runs on Linux only, and this is ${platform}.`;
  if (uid !== 0) return 'A node needs root: it makes a network namespace, mounts and cgroups.';
  if (foreignPods) return 'Another kubelet runs pods on this machine (there are kubepods cgroups): two would take them from each other.';
  return undefined;
}

export function thisMachine(): Machine {
  return { platform: process.platform, uid: process.getuid?.() ?? -1, foreignPods: podCgroups().length > 0 };
}

const cgroups = '/sys/fs/cgroup';

/** @returns the folders of the cgroups that hold pods: one, or with cgroup v1 one for each controller. */
export function podCgroups(): readonly string[] {
  if (!existsSync(cgroups)) return [];
  const controllers = readdirSync(cgroups, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(cgroups, name));
  return [cgroups, ...controllers].map((folder) => join(folder, 'kubepods')).filter((folder) => existsSync(folder));
}
