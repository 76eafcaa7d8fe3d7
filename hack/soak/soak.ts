// `npm run soak`: does the controller stay small and right while it works for long and everything goes wrong now and then?
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../build/build.ts';
import { nodeFlags } from '../build/node-flags.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import { terminalProgress } from '../control-plane/progress.ts';
import { startWorld, type World } from '../world/world.ts';
import { help, readOptions, type SoakOptions } from './options.ts';
import { drawSoak } from './plot.ts';
import { isWell, writeReport, type SoakReport } from './report.ts';
import { runSoak, settleLimitSeconds, type Measured } from './run-soak.ts';
import { judgeSeries, judgeWork, seriesOfProcess, warmUpShare, type Work } from './verdict.ts';

const root = join(import.meta.dirname, '../..');
const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  if (options === 'help') console.log(help);
  else console.error(`${options}\n\n${help}`);
  process.exit(options === 'help' ? 0 : 2);
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    console.error('\nstopping; what was measured is written, what was started is taken down');
    stop.abort(new Error(`${name} received`));
  });
}

const progress = terminalProgress(process.stdout);
let world: World | undefined;
try {
  const [probePort = 0, metricsPort = 0] = await freePorts(2);
  const { file: probe } = await build({ entry: join(import.meta.dirname, 'probe.ts'), file: join(root, 'dist/soak-probe.mjs') });
  world = await startWorld({
    name: 'soak',
    controller: 'bundle',
    bundle: options.bundle === undefined ? undefined : resolve(options.bundle),
    flags: ['--log-level=info', `--metrics-bind-address=127.0.0.1:${metricsPort}`],
    nodeFlags: [`--import=${pathToFileURL(probe).href}?port=${probePort}`],
    progress,
    signal: stop.signal,
  });
  progress.say(`${options.minutes} minutes at ${options.perSecond} a second, seed ${options.seed}; Ctrl-C ends it early and keeps what was measured`);
  const measured = await runSoak(world, `http://127.0.0.1:${probePort}`, options, progress, stop.signal);
  const report = await judge(measured, options, world, `http://127.0.0.1:${metricsPort}/metrics`);
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'soak.svg'), drawSoak(report.samples, report.episodes, warmUpShare * (report.samples.at(-1)?.atSeconds ?? 0)));
  await writeFile(join(options.out, 'soak.md'), writeReport(report, 'soak.svg'));
  tell(report);
  process.exitCode = isWell(report) ? 0 : 1;
} catch (error) {
  process.exitCode = 1;
  if (!stop.signal.aborted) console.error(error instanceof Error ? error.message : error);
} finally {
  await world?.close();
  // A watch that is still being closed must not hold the end.
  process.exit(stop.signal.aborted ? 130 : undefined);
}

async function judge(measured: Measured, chosen: SoakOptions, { emulator }: World, metricsUrl: string): Promise<SoakReport> {
  const { samples, load } = measured;
  const [{ counters }, ambiguous] = await Promise.all([emulator.journal({ since: Number.MAX_SAFE_INTEGER }), countAmbiguous(metricsUrl)]);
  const { created, issued, failed, refused } = load.counts;
  const work: Work = {
    ...measured, created, issued, failed, refused, ambiguous, settleLimitSeconds,
    duplicates: counters.duplicateIssuesByCsr,
    warnings: samples.at(-1)?.warnings ?? [],
    samples: samples.length,
  };
  const flags = [['minutes', chosen.minutes], ['per-second', chosen.perSecond], ['keep', chosen.keep]] as const;
  const defaults: Readonly<Record<string, number>> = { minutes: 0, 'per-second': 2, keep: 2_000 };
  const told = flags.filter(([name, value]) => value !== defaults[name]).map(([name, value]) => ` --${name} ${value}`);
  return {
    ...chosen,
    ...measured,
    command: `npm run soak --${told.join('')} --seed ${chosen.seed}`,
    machine: {
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      kernel: release().split('-')[0] ?? '',
      node: execFileSync(process.execPath, ['--version'], { encoding: 'utf8' }).trim(),
      flags: nodeFlags,
    },
    series: seriesOfProcess.map((series) => judgeSeries(series, samples)),
    findings: judgeWork(work),
    work,
    latencies: load.latencies,
    complaints: load.complaints,
    awsCalls: counters.operations,
  };
}

/** A process that has ended counts nothing any more. */
async function countAmbiguous(metricsUrl: string): Promise<number> {
  const page = await fetch(metricsUrl).then((response) => response.text(), () => '');
  return Number(/^pca_issuer_ambiguous_issues_total (\d+)/m.exec(page)?.[1] ?? 0);
}

function tell({ series, findings }: SoakReport): void {
  const judged = [...series.map(({ series: { name }, isFlat, isJudged, perDay }) => ({
    what: `${name} stays flat`, holds: isFlat, detail: isJudged ? `${perDay.toFixed(1)} in 24 h` : 'too short to judge',
  })), ...findings];
  for (const { what, holds, detail } of judged) console.log(`  ${holds ? '✓' : '✗'} ${what}: ${detail}`);
}
