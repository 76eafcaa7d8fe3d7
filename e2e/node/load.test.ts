// Is the default memory limit enough when a whole mesh asks at once?
import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { untilTerminal } from '../matrix/follow-requests.ts';
import { judgeRequests } from '../matrix/judge-requests.ts';
import { sharedOrders } from '../matrix/request-orders.ts';
import { setStage } from '../matrix/stage.ts';
import { worldOf } from '../harness/worlds.ts';
import { controllerOf, peakMiB, scenarioOfProcesses } from './measure.ts';
import { dispose, install, irsaValues, leaderOf, podsOf } from './release.ts';

const release = 'pca-issuer';
const count = 500;

describe('load', () => {
  after(async () => dispose(await worldOf('node'), release));

  scenarioOfProcesses('500 requests at once are issued within three quarters of the default memory limit', 'node', async ({ world }) => {
    await install(world, release, irsaValues(world));
    await leaderOf(world, release);
    await world.emulator.settings({ roundTripMs: { '*': 150 }, signingMs: 1_500, quotaScale: 1 });
    const stage = await setStage(world, 'eu-node-1');
    try {
      await stage.createIssuers(1);
      await stage.issuerIsReady();
      const orders = sharedOrders(count);
      const startMs = performance.now();
      await stage.order(orders);
      const seen = await untilTerminal(world.api, stage.namespace, count, 480_000);
      const tookMs = performance.now() - startMs;
      const { issued, wrong } = await judgeRequests(orders, seen, stage.chain, 1);
      assert.deepEqual([issued, wrong], [count, []]);
      for (const pod of await podsOf(world, release)) {
        const { containerStatuses, containers } = { ...(pod['spec'] as PodSpec), ...(pod['status'] as PodStatus) };
        const limitMiB = Number(/^(\d+)Mi$/.exec(containers[0]?.resources.limits?.memory ?? '')?.[1]);
        const peak = peakMiB(controllerOf(pod));
        console.log(`${pod.metadata.name}: at most ${peak.toFixed(0)} MiB of ${limitMiB}; ${count} requests in ${(tookMs / 1000).toFixed(1)} s`);
        assert.equal(containerStatuses[0]?.restartCount, 0);
        assert.ok(peak < 0.75 * limitMiB, `${peak} MiB of ${limitMiB}`);
      }
    } finally {
      await world.emulator.settings({ roundTripMs: { '*': 0 }, signingMs: 300, quotaScale: null });
      await stage.remove();
    }
  });
});

interface PodSpec {
  readonly containers: readonly { readonly resources: { readonly limits?: { readonly memory?: string } } }[];
}

interface PodStatus {
  readonly containerStatuses: readonly { readonly restartCount: number }[];
}
