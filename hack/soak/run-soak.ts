// The soak itself: load, troubles and looks side by side, then a time to settle.
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess } from '../control-plane/cluster/host-process.ts';
import type { Progress } from '../control-plane/progress.ts';
import type { World } from '../world/world.ts';
import { makeArena, type Arena } from './arena.ts';
import { planEpisodes, type Episode } from './episodes.ts';
import { startLoad, type Load } from './load.ts';
import type { SoakOptions } from './options.ts';
import { makeLooker, type Looker, type Sample } from './sample.ts';

export interface Measured {
  readonly samples: readonly Sample[];
  readonly episodes: readonly Episode[];
  readonly load: Load;
  readonly stillPending: number;
  readonly settledSeconds: number | undefined;
  readonly ended: string | undefined;
  readonly wasCutShort: boolean;
}

const lookSeconds = 10;
/** How long after the last fault everything must have its outcome. */
export const settleLimitSeconds = 180;

/** @param signal ends the load early; what was measured is given all the same. */
export async function runSoak(world: World, probeUrl: string, options: SoakOptions, progress: Progress, signal: AbortSignal): Promise<Measured> {
  const { api, emulator } = world;
  const seconds = options.minutes * 60;
  const arena = await makeArena(api, emulator);
  const { pid } = await findProcess(world.directory, 'pca-issuer');
  await emulator.resetJournal();
  const episodes = planEpisodes(options.seed, { seconds, authorities: arena.authorities, issuers: arena.issuers.length });
  const over = new AbortController();
  let ended: string | undefined;
  const noteEnd = (how: string): void => {
    if (over.signal.aborted) return;
    ended = how;
    over.abort();
  };
  void world.controller.ended.then(noteEnd);
  signal.addEventListener('abort', () => over.abort(), { once: true });

  const samples: Sample[] = [];
  const load = startLoad({ api, issuers: arena.issuers, perSecond: options.perSecond, keep: options.keep, followMs: (seconds + settleLimitSeconds + 60) * 1_000 });
  await arena.beginFaults(options.seed);
  const plays = playAll(arena, episodes, progress, over.signal);
  await lookOften(makeLooker(pid, probeUrl), load, samples, { seconds, minutes: options.minutes }, progress, over.signal);
  load.stop();
  const wasCutShort = over.signal.aborted;
  over.abort();
  await plays;
  await arena.heal();
  const settledSeconds = wasCutShort ? undefined : await settle(load, progress, signal);
  return { samples, episodes, load, stillPending: load.pending().count, settledSeconds, ended, wasCutShort: wasCutShort && ended === undefined };
}

async function playAll(arena: Arena, episodes: readonly Episode[], progress: Progress, signal: AbortSignal): Promise<void> {
  const since = performance.now();
  for (const episode of episodes) {
    const waitMs = Math.max(0, since + episode.atSeconds * 1_000 - performance.now());
    const isOver = await delay(waitMs, false, { signal }).catch(() => true);
    if (isOver) return;
    await arena.play(episode).catch((error: unknown) => progress.say(`${episode.what}: ${String(error)}`));
  }
}

async function lookOften(looker: Looker, load: Load, samples: Sample[], { seconds, minutes }: { readonly seconds: number; readonly minutes: number }, progress: Progress, signal: AbortSignal): Promise<void> {
  const since = performance.now();
  const collectsEvery = Math.max(1, Math.round(minutes / 10));
  for (let number = 0; number * lookSeconds <= seconds; number++) {
    const waitMs = Math.max(0, since + number * lookSeconds * 1_000 - performance.now());
    const isOver = await delay(waitMs, false, { signal }).catch(() => true);
    if (isOver) return;
    const { count, oldestSeconds } = load.pending();
    const sample = await looker.look(number % collectsEvery === 0, { atSeconds: (performance.now() - since) / 1_000, pending: count, oldestPendingSeconds: oldestSeconds }).catch((error: unknown) => {
      progress.say(`a look failed: ${String(error)}`);
      return undefined;
    });
    if (sample === undefined) continue;
    samples.push(sample);
    if (number % (60 / lookSeconds) === 0) progress.say(describe(sample, load, minutes));
  }
}

async function settle(load: Load, progress: Progress, signal: AbortSignal): Promise<number | undefined> {
  const since = performance.now();
  const passed = (): number => (performance.now() - since) / 1_000;
  const line = progress.begin('settling');
  while (load.pending().count > 0 && passed() < settleLimitSeconds && !signal.aborted) await delay(100);
  const { count, names } = load.pending();
  line.end(count === 0 ? `all have their outcome after ${passed().toFixed(0)} s` : `${count} still Pending: ${names.slice(0, 5).join(', ')}`);
  return count === 0 ? passed() : undefined;
}

function describe({ atSeconds, rssBytes, collected, sockets, timers, pending }: Sample, { counts }: Load, minutes: number): string {
  const heap = collected === undefined ? '' : `, live heap ${(collected.liveHeapBytes / 1e6).toFixed(1)} MB`;
  const work = `${counts.created} requests, ${counts.issued} Issued, ${counts.failed} Failed, ${pending} Pending`;
  return `  ${(atSeconds / 60).toFixed(0).padStart(3)} of ${minutes} min  ${work}, RSS ${(rssBytes / 1e6).toFixed(0)} MB${heap}, ${sockets} sockets, ${timers} timers`;
}
