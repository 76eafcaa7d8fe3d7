// Some minutes in the life of two replicas, with three troubles, scraped as Prometheus would.
import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from '../control-plane/progress.ts';
import type { ScrapedPage } from '../control-plane/promql.ts';
import { makeArena } from '../soak/arena.ts';
import type { Episode } from '../soak/episodes.ts';
import { startLoad } from '../soak/load.ts';
import { startControllerProcess } from '../world/controller-process.ts';
import { startWorld } from '../world/world.ts';
import { job, type Pages } from './evaluate.ts';

const stepSeconds = 5;
const minutes = 8;
const flags = ['--leader-elect', '--leader-election-namespace=pca-issuer', '--log-level=info'];

const burst = { atSeconds: 90, lastsSeconds: 8, what: '320 requests within 8 s' };
const episodes: readonly Episode[] = [
  { atSeconds: 210, lastsSeconds: 40, what: 'AWS denies IssueCertificate on one of two CAs', act: { kind: 'fault', authority: 0, orders: [{ operation: 'IssueCertificate', kind: 'access-denied', forMs: 40_000 }] } },
  { atSeconds: 330, lastsSeconds: 45, what: 'others use up most of the quota', act: { kind: 'squeeze', quotas: { IssueCertificate: 1, GetCertificate: 2 } } },
];

/** Two requests a second, and one burst. Takes as long as it records, on a control plane of its own. */
export async function record(progress: Progress, signal: AbortSignal): Promise<Pages> {
  const world = await startWorld({ name: 'dashboard', controller: 'bundle', flags, progress, signal });
  try {
    const { api, emulator, directory, emulatorUrl, controller } = world;
    const standby = await startControllerProcess({ api, directory, emulatorUrl, form: 'bundle', name: 'standby', flags });
    const arena = await makeArena(api, emulator);
    const load = { api, issuers: arena.issuers, keep: 100, followMs: (minutes + 1) * 60_000 };
    const steady = startLoad({ ...load, perSecond: 2 });
    const startMs = Date.now();
    const pages: ScrapedPage[] = [];
    const steps = (minutes * 60) / stepSeconds + 1;
    for (let step = 0; step < steps; step++) {
      const atSeconds = step * stepSeconds;
      const atMs = startMs + atSeconds * 1_000;
      await delay(Math.max(0, atMs - Date.now()), undefined, { signal });
      for (const { what } of [burst, ...episodes].filter((each) => each.atSeconds === atSeconds)) progress.say(`  ${what}`);
      if (atSeconds === burst.atSeconds) {
        const more = startLoad({ ...load, perSecond: 40, prefix: 'burst' });
        setTimeout(() => more.stop(), burst.lastsSeconds * 1_000);
      }
      for (const episode of episodes.filter((each) => each.atSeconds === atSeconds)) await arena.play(episode);
      pages.push(await scrape(controller.metricsUrl, 'replica-1', atMs), await scrape(standby.metricsUrl, 'replica-2', atMs));
    }
    steady.stop();
    const events = [burst, ...episodes].map(({ atSeconds, lastsSeconds, what }) => ({ fromSeconds: atSeconds, toSeconds: atSeconds + lastsSeconds, what }));
    return { stepSeconds, startMs, steps, events, pages };
  } finally {
    await world.close();
  }
}

async function scrape(url: string, instance: string, atMs: number): Promise<ScrapedPage> {
  return { atMs, labels: { job, instance }, text: await (await fetch(url)).text() };
}
