// kill -9 of the controller: 200 times while it works alone, and 10 times as the leader of two.
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { logSays, retireFirst, startReplica, type Replica } from '../harness/replicas.ts';
import { worldOf } from '../harness/worlds.ts';
import { runKills } from './kill-run.ts';
import { assertUnharmed } from './kill-verdict.ts';
import { takeOverController } from './restartable-controller.ts';

const seed = Number(process.env['PCA_ISSUER_E2E_SEED'] ?? randomInt(2 ** 31));
const leads = 'this process leads';

test(`200 kills at random moments, PCA_ISSUER_E2E_SEED=${seed}: nothing Failed, nothing twice, nothing wrong`, { timeout: 2_400_000 }, async () => {
  const world = await worldOf('killed');
  const controller = await takeOverController(world.address.directory, 'pca-issuer');
  const killOne = (): Promise<void> => controller.killAndStart();
  assertUnharmed(await runKills(world, { seed, kills: 200, killOne, untilReady: () => controller.untilReady() }));
});

test(`10 kills of the leader of two replicas, PCA_ISSUER_E2E_SEED=${seed}: the same`, { timeout: 900_000 }, async () => {
  const world = await worldOf('killed');
  await retireFirst(world);
  let pair: readonly [Replica, Replica] = [await startReplica(world), await startReplica(world)];
  /** Who takes over is between the two; the one that leads comes first afterwards. */
  const untilLed = async (): Promise<void> => {
    const nobodyElse = new AbortController();
    const [one, other] = pair;
    const says = (replica: Replica): Promise<Replica> => logSays(replica, leads, { signal: nobodyElse.signal }).then(() => replica);
    const leader = await Promise.any([says(one), says(other)]);
    nobodyElse.abort();
    pair = leader === one ? [one, other] : [other, one];
  };
  await untilLed();
  const killOne = async (): Promise<void> => {
    const [leader, standby] = pair;
    await leader.kill();
    pair = [standby, await startReplica(world)];
  };
  assertUnharmed(await runKills(world, { seed, kills: 10, killOne, untilReady: untilLed }));
  await Promise.all(pair.map((replica) => replica.kill()));
});
