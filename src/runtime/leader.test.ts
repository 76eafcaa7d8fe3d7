import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeFakeClock } from './fake-clock.ts';
import { makeFakeLease, makeFakeProcess, type FakeProcess } from './fake-lease.ts';
import { leaseMs, renewDeadlineMs, retryMs } from './leader.ts';

const { signal: never } = new AbortController();

function makeScene(count = 2) {
  const time = makeFakeClock();
  const lease = makeFakeLease();
  const processes = Array.from({ length: count }, (_, index) => makeFakeProcess({ identity: `p${index}`, time, lease }));
  const [first, second] = processes as [FakeProcess, FakeProcess];
  return { time, lease, first, second };
}

/** The first leads, the second stands by. */
async function makeLedScene() {
  const scene = makeScene();
  const ended = scene.first.lead(never);
  await scene.time.advance(100);
  assert.ok(scene.first.elector.holds());
  void scene.second.lead(never);
  await scene.time.advance(7_500);
  return { ...scene, ended };
}

test('the first leads at once, the second stands by for as long as the first renews', async () => {
  const { time, lease, first, second } = await makeLedScene();
  await time.advance(120_000);
  assert.deepEqual([first.elector.holds(), second.elector.holds(), lease.current?.holder], [true, false, 'p0']);
  assert.equal(lease.current?.transitions, 0);
});

test('a lease that is released is taken within one retry', async () => {
  const { time, lease, first, second } = makeScene();
  const stop = new AbortController();
  const ended = first.lead(stop.signal);
  await time.advance(100);
  void second.lead(never);
  await time.advance(9_000);
  stop.abort();
  assert.equal(await ended, 'stopped');
  const released = first.elector.release();
  assert.equal(first.elector.holds(), false, 'it stops believing before the word is sent');
  await time.advance(20);
  await released;
  assert.deepEqual([lease.current?.holder, lease.current?.durationMs], ['', 1_000]);
  await time.advance(retryMs + 20);
  assert.ok(second.elector.holds());
  assert.equal(lease.current?.transitions, 1);
});

test('a dead holder is replaced within lease and retry, and not before the lease has passed', async () => {
  const { time, first, second } = await makeLedScene();
  const start = time.now();
  first.kill();
  while (!second.elector.holds()) assert.ok(await time.advanceToNext());
  const tookMs = time.now() - start;
  assert.ok(tookMs > leaseMs - retryMs && tookMs <= leaseMs + retryMs + 20, `${tookMs} ms`);
});

test('one that is cut off stops believing after the renew deadline, and says that it lost', async () => {
  const { time, first, second, ended } = await makeLedScene();
  first.cutOff(true);
  await time.advance(renewDeadlineMs + 1);
  assert.equal(first.elector.holds(), false);
  assert.equal(second.elector.holds(), false);
  assert.equal(await ended, 'lost');
});

test('one that was suspended does not believe for a moment after it goes on', async () => {
  const { time, first, second, ended } = await makeLedScene();
  first.suspend();
  await time.advance(60_000);
  assert.deepEqual([first.elector.holds(), second.elector.holds()], [false, true]);
  first.resume();
  assert.equal(await ended, 'lost');
  assert.equal(first.elector.holds(), false);
});

test('one that was suspended while the answer to a renewal was on its way does not believe it', async () => {
  const { time, lease, first, second, ended } = await makeLedScene();
  const { version } = lease.current ?? {};
  while (lease.current?.version === version) await time.advance(1);
  first.suspend();
  await time.advance(60_000);
  first.resume();
  assert.equal(await ended, 'lost');
  assert.deepEqual([first.elector.holds(), second.elector.holds()], [false, true]);
});

test('a wall clock that is set back lets nobody believe for longer, and one set ahead lets nobody take over earlier', async () => {
  const { time, first, second } = await makeLedScene();
  first.setWall(-3_600_000);
  second.setWall(3_600_000);
  first.cutOff(true);
  await time.advance(renewDeadlineMs);
  assert.deepEqual([first.elector.holds(), second.elector.holds()], [false, false]);
});

test('a lost answer to a renewal is found out, and costs nothing', async () => {
  const { time, first, second } = await makeLedScene();
  first.loseAnswers(1);
  await time.advance(60_000);
  assert.deepEqual([first.elector.holds(), second.elector.holds()], [true, false]);
});

test('a lost answer to the taking of the lease ends in leading', async () => {
  const { time, first } = makeScene(1);
  first.loseAnswers(2);
  void first.lead(never);
  await time.advance(20_000);
  assert.ok(first.elector.holds());
});

test('a lease that is deleted under its holder is made again, and nobody takes it meanwhile', async () => {
  const { time, lease, first, second } = await makeLedScene();
  lease.current = undefined;
  for (let passed = 0; passed < 30; passed++) {
    await time.advance(100);
    assert.ok(!(first.elector.holds() && second.elector.holds()));
  }
  assert.ok(first.elector.holds());
  assert.equal(lease.read().kind, 'seen');
});

const disturbance = fc.record({
  atMs: fc.integer({ min: 0, max: 150_000 }),
  who: fc.constantFrom('leader', 0, 1, 2),
  what: fc.constantFrom('suspend', 'resume', 'cut', 'mend', 'lose', 'back', 'ahead', 'stop', 'kill'),
});

test('never do two believe at once, whatever is suspended, cut off, killed, restarted or set wrong', async () => {
  const rates = fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: 0.85, max: 1.15, noNaN: true })));
  const latencies = fc.infiniteStream(fc.oneof({ weight: 19, arbitrary: fc.integer({ min: 1, max: 50 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 6_000 }) }));
  await fc.assert(
    fc.asyncProperty(fc.array(disturbance, { minLength: 2, maxLength: 12 }), rates, latencies, async (disturbances, rates, latencies) => {
      const time = makeFakeClock();
      const lease = makeFakeLease();
      const endMs = time.now() + 200_000;
      const all: FakeProcess[] = [];
      const stops: AbortController[] = [];
      let born = 0;
      const start = (index: number): void => {
        const stop = new AbortController();
        const process = makeFakeProcess({ identity: `p${born++}`, time, lease, rate: rates[index] ?? 1, latencyMs: () => latencies.next().value ?? 1 });
        all[index] = process;
        stops[index] = stop;
        void follow(index, process, process.lead(stop.signal));
      };
      const follow = async (index: number, process: FakeProcess, led: Promise<'stopped' | 'lost'>): Promise<void> => {
        if ((await led) === 'stopped') await process.elector.release();
        // As Kubernetes restarts it: as somebody else.
        if (all[index] === process && time.now() < endMs) start(index);
      };
      for (const index of [0, 1, 2]) start(index);
      const acts: Readonly<Record<(typeof disturbances)[number]['what'], (index: number) => void>> = {
        suspend: (index) => all[index]?.suspend(),
        resume: (index) => all[index]?.resume(),
        cut: (index) => all[index]?.cutOff(true),
        mend: (index) => all[index]?.cutOff(false),
        lose: (index) => all[index]?.loseAnswers(2),
        back: (index) => all[index]?.setWall(-300_000),
        ahead: (index) => all[index]?.setWall(300_000),
        stop: (index) => stops[index]?.abort(),
        kill(index) {
          all[index]?.kill();
          start(index);
        },
      };
      const leader = (): number => Math.max(0, all.findIndex(({ elector }) => elector.holds()));
      for (const { atMs, who, what } of disturbances) time.after(atMs, () => acts[what](typeof who === 'number' ? who : leader()));
      const seen = new Set<FakeProcess>();
      while (time.now() < endMs && (await time.advanceToNext())) {
        for (const each of all) seen.add(each);
        const believing = [...seen].filter(({ elector }) => elector.holds());
        assert.ok(believing.length <= 1, `${believing.length} believe at ${time.now()}`);
      }
    }),
    { numRuns: 20 },
  );
});
