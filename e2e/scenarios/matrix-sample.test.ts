// A fair sample of e2e/matrix, which npm run e2e -- --all runs whole.
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { worldOf } from '../harness/worlds.ts';
import { allRows, type Row } from '../matrix/fault-rows.ts';
import { runKills } from '../matrix/kill-run.ts';
import { assertUnharmed } from '../matrix/kill-verdict.ts';
import { runMatrix } from '../matrix/matrix.ts';
import { takeOverController } from '../matrix/restartable-controller.ts';
import { seededChance } from '../matrix/seeded-chance.ts';

/** Another sample each time; the seed that is printed brings one back. */
const seed = Number(process.env['PCA_ISSUER_E2E_SEED'] ?? randomInt(2 ** 31));
const chance = seededChance(seed);

function sample(rows: readonly Row[], count: number): readonly Row[] {
  const rest = [...rows];
  return Array.from({ length: count }, () => rest.splice(Math.floor(chance() * rest.length), 1)).flat();
}

const isLong = ({ kind, operation }: Row): boolean => kind === 'hang' || operation === 'AssumeRoleWithWebIdentity';

test(`rows of the fault matrix, PCA_ISSUER_E2E_SEED=${seed}: nothing Failed, nothing twice, nothing wrong`, { timeout: 600_000 }, async () => {
  const rows = allRows();
  const of = (size: Row['size']): readonly Row[] => rows.filter((row) => row.size === size && !isLong(row));
  const withoutCredentials = rows.filter((row) => row.size === 'one' && row.operation === 'AssumeRoleWithWebIdentity' && row.kind !== 'hang');
  await runMatrix(await worldOf('matrix'), [...sample(of('one'), 7), ...sample(of('thirty'), 2), ...sample(withoutCredentials, 1)]);
});

test(`6 kills at random moments, PCA_ISSUER_E2E_SEED=${seed}: the same`, { timeout: 600_000 }, async () => {
  const world = await worldOf('matrix');
  const controller = await takeOverController(world.address.directory, 'pca-issuer');
  const killOne = (): Promise<void> => controller.killAndStart();
  assertUnharmed(await runKills(world, { seed, kills: 6, killOne, untilReady: () => controller.untilReady() }));
});
