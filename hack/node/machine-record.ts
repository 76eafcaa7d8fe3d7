// What has been changed on this machine, and for which control plane? Written before the first change, so that whoever comes after a crash can undo it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { recordFile, runFolder } from './layout.ts';
import type { KernelSettings } from './kernel-settings.ts';

export interface MachineRecord {
  /** folder of the control plane that the node belongs to */
  readonly directory: string;
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
export function writeMachineRecord(record: MachineRecord): boolean {
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(recordFile, JSON.stringify(record), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
