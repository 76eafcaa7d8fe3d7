// Runs rows of the matrix, many at a time, and writes their table.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clustersFolder } from '../../hack/control-plane/cluster/state.ts';
import type { ScenarioWorld } from '../harness/worlds.ts';
import type { Row } from './fault-rows.ts';
import { brokenPromises, progressLine, resultTable } from './result-table.ts';
import { runRow, type RowResult } from './run-row.ts';

/** Git does not see it, and the clusters that live beside it do not mind. */
const tableFile = path.join(clustersFolder, 'matrix.md');

const rowsAtATime = 10;

/** Faults of STS meet every row. */
function runsAlone({ operation }: Row): boolean {
  return operation === 'AssumeRoleWithWebIdentity';
}

/**
 * Runs every row, first those that may run side by side, prints a line for each and the table at the end.
 * @throws AssertionError that lists the broken promises, after all rows have run.
 */
export async function runMatrix(world: ScenarioWorld, rows: readonly Row[]): Promise<void> {
  const results = new Map<Row, RowResult>();
  const run = async (row: Row): Promise<void> => {
    const result = await runRow(world, row);
    results.set(row, result);
    console.log(progressLine(results.size, rows.length, result));
  };
  await atATime(rowsAtATime, rows.filter((row) => !runsAlone(row)), run);
  await atATime(1, rows.filter(runsAlone), run);
  const inOrder = rows.flatMap((row) => results.get(row) ?? []);
  const table = resultTable(inOrder);
  await writeFile(tableFile, `${table}\n`);
  console.log(table);
  assert.deepEqual(inOrder.flatMap((result) => (brokenPromises(result).length === 0 ? [] : [progressLine(0, rows.length, result)])), []);
}

async function atATime<T>(count: number, items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
