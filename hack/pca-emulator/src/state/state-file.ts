// How does the emulator remember? One line of JSON per change, appended before the answer leaves;
// at start the file is read and rewritten (whole, then renamed), so that it holds each row once.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type { Change } from './table.ts';

export interface StateFile {
  append(change: Change): void;
  close(): void;
}

/**
 * Reads the changes of earlier runs.
 * @returns changes in the order in which they were made; a torn last line (a crash while writing) is left out.
 * @throws Error when any other line cannot be read
 */
export function readChanges(path: string): Change[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  const torn = lines.pop();
  if (torn) process.emitWarning(`${path} ends in a torn line, which is left out`);
  return lines.map((line, index) => changeOf(line, `${path}:${index + 1}`));
}

/** Replaces the file by these rows (atomically, readable by its owner only) and opens it for appending. */
export function openStateFile(path: string, rows: readonly Change[]): StateFile {
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { mode: 0o600 });
  renameSync(fresh, path);
  const descriptor = openSync(path, 'a', 0o600);
  return {
    append: (change) => void writeSync(descriptor, `${JSON.stringify(change)}\n`),
    close: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

function changeOf(line: string, place: string): Change {
  const value: unknown = JSON.parse(line);
  if (Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string') return [value[0], value[1], value[2]];
  throw new Error(`${place} is not a line of an emulator's state file`);
}
