// What has been changed on this machine, and for which control plane? Written before the first change, so that whoever comes after a crash can undo it.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
export function writeMachineRecord(record: MachineRecord): boolean {
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  const whole = `${recordFile}.${process.pid}`;
  writeFileSync(whole, JSON.stringify(record));
  try {
    linkSync(whole, recordFile); // never there in part, whenever we are killed
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}
