// What a person reads afterwards: docs/soak.md.
import type { Episode } from './episodes.ts';
import type { Sample } from './sample.ts';
import { warmUpShare, type Finding, type SeriesVerdict, type Work } from './verdict.ts';

export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  /** Of node, as the image has them. */
  readonly flags: readonly string[];
}

export interface SoakReport {
  readonly command: string;
  readonly seed: number;
  readonly minutes: number;
  readonly perSecond: number;
  readonly keep: number;
  readonly wasCutShort: boolean;
  readonly machine: Machine;
  readonly samples: readonly Sample[];
  readonly episodes: readonly Episode[];
  readonly series: readonly SeriesVerdict[];
  readonly findings: readonly Finding[];
  readonly work: Work;
  readonly latencies: readonly number[];
  readonly complaints: readonly string[];
  readonly awsCalls: Readonly<Record<string, { readonly calls: number; readonly refused: number }>>;
}

/** Did everything hold? */
export function isWell({ series, findings, wasCutShort }: Pick<SoakReport, 'series' | 'findings' | 'wasCutShort'>): boolean {
  return !wasCutShort && series.every(({ isFlat }) => isFlat) && findings.every(({ holds }) => holds);
}

const mark = (holds: boolean): string => (holds ? '✓' : '✗');
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** @param plot file name of the SVG that lies beside the page. */
export function writeReport(report: SoakReport, plot: string): string {
  const { machine, samples, series, findings, work, episodes } = report;
  const last = samples.at(-1);
  const seconds = last?.atSeconds ?? 0;
  const reached = episodes.filter(({ atSeconds }) => atSeconds <= seconds);
  const cpu = (last?.cpuSeconds ?? 0) - (samples[0]?.cpuSeconds ?? 0);
  const longestPending = Math.max(0, ...samples.map(({ oldestPendingSeconds }) => oldestPendingSeconds));
  const delay = Math.max(0, ...samples.map(({ eventLoopDelayMs }) => eventLoopDelayMs));
  return `# Soak

<!-- Written by hack/soak; its numbers come from one run. Repeat it with the command below. -->

\`${report.command}\`, seed ${report.seed}: **${isWell(report) ? 'well' : report.wasCutShort ? 'cut short' : 'broken'}** after ${(seconds / 60).toFixed(1)} minutes.

One control plane (etcd, kube-apiserver, cert-manager), one AWS Private CA emulator (150 ms round trips, 1.5 s signing, AWS's quotas) and the
bundle under the image's flags (\`${machine.flags.join(' ')}\`), on ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}. ${report.perSecond} requests a second, one in
five an intermediate CA, over four issuers of two CAs in two regions; ${report.keep} finished ones are kept. All the time single calls fail by chance, and
every half minute something happens to many of them or to the cluster (${reached.length} times in this run).

![RSS, live heap and counts over time](${plot})

## Does anything grow?

${row('', '', 'mean', 'most', 'slope an hour', 'in 24 h, at most', '')}
${row('---', '---', '---:', '---:', '---:', '---:', '---')}
${series.map((each) => seriesRow(each)).join('\n')}

The slope is that of a least-squares line through the looks after the first ${warmUpShare * 100} %, with twice its standard error, widened for neighbouring looks
that resemble each other. A series grows when the slope is surely above zero, the line rises by more in 24 hours than the limit, and
by more in the whole run than its grain; runs of less than ten minutes are not judged (grains: ${series.map(({ series: { name, grain, unit } }) => `${name} ${grain}${unit === '' ? '' : ` ${unit}`}`).join(', ')}). RSS and sockets are the kernel's word;
timers, listeners and the heap after a collection that of a preload in the process. RSS contains what that preload costs, a few MB.

## Did it work?

${findings.map(({ what, holds, detail }) => `- ${mark(holds)} ${what}: ${detail}`).join('\n')}

${row('', '')}
${row('---', '---:')}
${row('requests created, Issued, Failed', `${work.created}, ${work.issued}, ${work.failed}`)}
${row('creation to Issued: median, 99 %, longest', [0.5, 0.99, 1].map((part) => `${quantile(report.latencies, part).toFixed(1)} s`).join(', '))}
${row('longest a request was Pending, as looked at every 10 s', `${longestPending.toFixed(0)} s`)}
${row('processor time a request', `${work.issued === 0 ? '-' : ((cpu * 1_000) / work.issued).toFixed(1)} ms`)}
${row('delay of the event loop, 99 %, in the worst 10 s', `${delay.toFixed(0)} ms`)}
${Object.entries(report.awsCalls).map(([operation, { calls, refused }]) => row(`${operation}: calls, of them refused or cut off`, `${calls}, ${refused}`)).join('\n')}
${report.complaints.length === 0 ? '' : `\nWhat was complained of:\n\n${report.complaints.map((text) => `- ${text}`).join('\n')}\n`}
## What happened

${row('what', 'times', 'minutes')}
${row('---', '---:', '---')}
${countEpisodes(reached)}
`;
}

function seriesRow({ series: { name, unit, perDayAtMost }, trend, perDay, most, isJudged, isFlat }: SeriesVerdict): string {
  if (trend === undefined) return row(name, unit, '-', '-', '-', `${perDayAtMost}`, 'too few looks');
  const digits = unit === '' ? 1 : 2;
  return row(name, unit, trend.mean.toFixed(1), most.toFixed(1), `${trend.perHour.toFixed(digits)} ± ${(2 * trend.error).toFixed(digits)}`, `${perDay.toFixed(1)}, ${perDayAtMost}`, isJudged ? (isFlat ? '✓ flat' : '✗ grows') : 'too short to judge');
}

function countEpisodes(episodes: readonly Episode[]): string {
  const whats = [...new Set(episodes.map(({ what }) => what))];
  return whats
    .map((what) => {
      const minutes = episodes.filter((episode) => episode.what === what).map(({ atSeconds }) => (atSeconds / 60).toFixed(1));
      return row(what, String(minutes.length), minutes.join(', '));
    })
    .join('\n');
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, two) => one - two);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
