import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planEpisodes, steadyFaults } from './episodes.ts';

const bounds = { seconds: 3_600, authorities: 2, issuers: 4 };

test('the same seed plans the same troubles, another one others', () => {
  assert.deepEqual(planEpisodes(7, bounds), planEpisodes(7, bounds));
  assert.notDeepEqual(planEpisodes(7, bounds), planEpisodes(8, bounds));
  assert.deepEqual(steadyFaults(7), steadyFaults(7));
});

test('in an hour everything happens, and all is over before the load ends', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const plan = planEpisodes(seed, bounds);
    assert.ok(plan.length > 70, `${plan.length} troubles`);
    assert.ok(new Set(plan.map(({ what }) => what)).size === 9, `seed ${seed} has only ${[...new Set(plan.map(({ what }) => what))].join(', ')}`);
    for (const { atSeconds, lastsSeconds } of plan) assert.ok(atSeconds >= 10 && atSeconds + lastsSeconds <= 3_595);
  }
});

test('a short soak has its troubles too', () => {
  assert.ok(planEpisodes(1, { ...bounds, seconds: 120 }).length >= 2);
});
