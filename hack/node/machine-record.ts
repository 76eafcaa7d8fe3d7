// What has been changed on this machine, and for which control plane? Written before the first change, so that whoever comes after a crash can undo it.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createWhole } from '../control-plane/build/create-whole.ts';
import type { ProcessIdentity } from '../control-plane/build/process-identity.ts';
import { recordFile, runFolder } from './layout.ts';
import type { KernelSettings } from './kernel-settings.ts';

export interface MachineRecord {
  /** folder of the control plane that the node belongs to */
  readonly directory: string;
  /** who starts it; the node may outlive him */
  readonly claimer?: ProcessIdentity | undefined;
  readonly settings: KernelSettings;
}

/** @returns undefined where no node is, or was left. */
export function readMachineRecord(): MachineRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile, 'utf8')) as MachineRecord;
  } catch {
    return undefined;
  }
}

/** @returns false where another node was quicker. */
export async function writeMachineRecord(record: MachineRecord): Promise<boolean> {
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  return createWhole(recordFile, JSON.stringify(record));
}
