// Which of the machine's settings does a kubelet change? They are noted before and put back after.
import { readFileSync, writeFileSync } from 'node:fs';

const names = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes'] as const;

export type KernelSettings = Readonly<Record<string, string>>;

export function readKernelSettings(): KernelSettings {
  return Object.fromEntries(names.map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]));
}

export function restoreKernelSettings(settings: KernelSettings): void {
  const now = readKernelSettings();
  for (const name of names) {
    const former = settings[name];
    if (former !== undefined && former !== now[name]) writeFileSync(`/proc/sys/${name}`, former);
  }
}
