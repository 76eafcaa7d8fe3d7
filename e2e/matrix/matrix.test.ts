// Every fault class at every operation, against 1 and 30 requests.
import { test } from 'node:test';
import { worldOf } from '../harness/worlds.ts';
import { allRows, describeRow } from './fault-rows.ts';
import { runMatrix } from './matrix.ts';

/** A pattern for the names that are printed, to run some rows again: PCA_ISSUER_E2E_ROWS='lost at .*, 30 requests'. */
const chosen = new RegExp(process.env['PCA_ISSUER_E2E_ROWS'] ?? '');

test('every fault at every operation: nothing Failed, nothing twice, nothing wrong, all issued within a minute', { timeout: 3_600_000 }, async () => {
  await runMatrix(await worldOf('matrix'), allRows().filter((row) => chosen.test(describeRow(row))));
});
