// What do we promise to be measured by? One row a promise: how it reads from the results, and what is good enough.
import type { ControllerName } from './controllers.ts';
import { cpuMsPerRequest, latencyAt, ofMemory, ofWork, type Reading, type Results } from './results.ts';

export interface Goal {
  readonly title: string;
  readonly unit: 's' | 'MB' | 'ms' | '';
  /** At most this. */
  readonly atMost: number;
  readonly read: (results: Results, controller: ControllerName) => number | undefined;
}

const ofItem = (title: string, unit: Goal['unit'], atMost: number, item: string, reading: Reading): Goal => ({
  title, unit, atMost, read: (results, controller) => ofWork(results, item, controller, reading),
});
const megabytes = (bytes: number | undefined): number | undefined => (bytes === undefined ? undefined : bytes / 1_000_000);
const failed: Reading = (each) => each.failed;
const duplicates: Reading = (each) => each.duplicates;

export const goals: readonly Goal[] = [
  ofItem('100 requests at once: all issued after', 's', 7, '100', (each) => each.makespanSeconds),
  ofItem('100 requests at once: p50', 's', 4.5, '100', latencyAt(0.5)),
  ofItem('500 requests at once: all issued after', 's', 27, '500', (each) => each.makespanSeconds),
  ofItem('2 per second for 50 s: p50', 's', 2.2, 'steady', latencyAt(0.5)),
  ofItem('2 per second for 50 s: p99', 's', 3.2, 'steady', latencyAt(0.99)),
  ofItem('20 throttled calls in 30 requests: Failed', '', 0, 'throttle', failed),
  ofItem('10 AccessDenied in 30 requests: Failed', '', 0, 'access-denied', failed),
  ofItem('6 lost replies in 30 requests: Failed', '', 0, 'lost', failed),
  ofItem('6 lost replies in 30 requests: duplicates', '', 0, 'lost', duplicates),
  { title: 'any of these: pending when the time was up', unit: '', atMost: 0, read: pendingOfAll },
  { title: 'RSS at rest', unit: 'MB', atMost: 100, read: (results, controller) => megabytes(ofMemory(results, controller, (each) => each.idleRssBytes)) },
  ofItem('RSS after 500 requests', 'MB', 128, '500', (each) => megabytes(each.rssBytes.after)),
  { title: 'RSS beside 3,000 requests of another issuer and 150 Secrets of 300 kB', unit: 'MB', atMost: 105, read: (results, controller) => megabytes(ofMemory(results, controller, (each) => each.loadedRssBytes)) },
  ofItem('CPU per request, 500 at once', 'ms', 7, '500', cpuMsPerRequest),
];

function pendingOfAll({ measurements }: Results, controller: ControllerName): number | undefined {
  const counts = measurements.filter((each) => each.controller === controller).map(({ pending }) => pending);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

export type Verdict = 'met' | 'missed' | 'not measured';

export function judgeGoal({ atMost }: Goal, value: number | undefined): Verdict {
  if (value === undefined) return 'not measured';
  return value <= atMost ? 'met' : 'missed';
}
