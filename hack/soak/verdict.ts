// Was it well? Which series must stay flat, what flat means, and what must hold of the work itself.
import type { Sample } from './sample.ts';
import { fitTrend, type Point, type Trend } from './trend.ts';

export interface Series {
  readonly name: string;
  readonly unit: 'MB' | '';
  readonly of: (sample: Sample) => number | undefined;
  /** More growth than this in 24 hours, by the line, is too much. */
  readonly perDayAtMost: number;
  /** A rise of less than this over the whole soak is no growth, whatever the line says of a day. */
  readonly grain: number;
}

const megabyte = 1_000_000;

export const seriesOfProcess: readonly Series[] = [
  { name: 'live heap', unit: 'MB', of: ({ collected }) => collected && collected.liveHeapBytes / megabyte, perDayAtMost: 12, grain: 2 },
  { name: 'RSS', unit: 'MB', of: ({ rssBytes }) => rssBytes / megabyte, perDayAtMost: 48, grain: 8 },
  { name: 'open sockets', unit: '', of: ({ sockets }) => sockets, perDayAtMost: 24, grain: 4 },
  { name: 'timers', unit: '', of: ({ timers }) => timers, perDayAtMost: 48, grain: 8 },
  { name: 'listeners', unit: '', of: ({ collected }) => collected?.listeners, perDayAtMost: 48, grain: 8 },
];

/** The first tenth is not judged: what is compiled, connected and cached once grows then. */
export const warmUpShare = 0.1;
/** In less time than this a process has not found its size yet: growth is shown, and not judged. */
const judgedFromSeconds = 600;

export interface SeriesVerdict {
  readonly series: Series;
  readonly trend: Trend | undefined;
  readonly perDay: number;
  readonly most: number;
  readonly isJudged: boolean;
  /** Also where nothing was judged. */
  readonly isFlat: boolean;
}

/** Growth is what lasts for ten minutes at least, is surely there (the slope less twice its error), is more in a day than is allowed, and more over the soak than the grain. */
export function judgeSeries(series: Series, samples: readonly Sample[]): SeriesVerdict {
  const seconds = samples.at(-1)?.atSeconds ?? 0;
  const warmUp = warmUpShare * seconds;
  const points: Point[] = [];
  for (const sample of samples) {
    const value = series.of(sample);
    if (value !== undefined && sample.atSeconds >= warmUp) points.push({ atSeconds: sample.atSeconds, value });
  }
  const trend = fitTrend(points);
  const perDay = (trend?.perHour ?? 0) * 24;
  const isJudged = seconds >= judgedFromSeconds - 10;
  const grows = isJudged && trend !== undefined && trend.perHour - 2 * trend.error > 0 && perDay > series.perDayAtMost && trend.rise > series.grain;
  return { series, trend, perDay, most: points.reduce((most, { value }) => Math.max(most, value), 0), isJudged, isFlat: !grows };
}

export interface Work {
  readonly created: number;
  readonly issued: number;
  readonly failed: number;
  readonly refused: number;
  /** Certificates for a CSR that has one already, by AWS's journal. */
  readonly duplicates: number;
  /** What the controller itself counts as possibly twice (docs/architecture.md, rule 3). */
  readonly ambiguous: number;
  readonly stillPending: number;
  /** How long after the last fault the last request had its outcome; undefined where some have none. */
  readonly settledSeconds: number | undefined;
  readonly settleLimitSeconds: number;
  readonly warnings: readonly string[];
  /** How the controller ended before it was told to. */
  readonly ended: string | undefined;
  readonly samples: number;
}

export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  readonly detail: string;
}

export function judgeWork(work: Work): readonly Finding[] {
  const { created, issued, failed, duplicates, ambiguous, stillPending, settledSeconds, settleLimitSeconds } = work;
  return [
    { what: 'the controller ran from beginning to end', holds: work.ended === undefined, detail: work.ended ?? 'one process' },
    { what: 'there was work, and it was measured', holds: issued > 0 && work.samples >= 4 && work.refused === 0, detail: `${created} requests, ${issued} Issued, ${work.refused} not taken by the API server, ${work.samples} looks` },
    { what: 'none Failed', holds: failed === 0, detail: `${failed} Failed` },
    { what: 'no certificate twice, but where an answer was lost for longer than AWS remembers', holds: duplicates <= ambiguous, detail: `${duplicates} duplicates, ${ambiguous} ambiguous issues counted` },
    {
      what: `nothing Pending ${settleLimitSeconds} s after the last fault`,
      holds: stillPending === 0 && settledSeconds !== undefined,
      detail: settledSeconds === undefined ? `${stillPending} still Pending` : `the last one was Issued ${settledSeconds.toFixed(0)} s after it`,
    },
    { what: 'node warned of nothing', holds: work.warnings.length === 0, detail: work.warnings.join('; ') || 'no warnings' },
  ];
}
