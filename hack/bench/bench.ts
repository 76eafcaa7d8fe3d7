// `npm run bench`: ours and the peer in turns on the same work, and a report of both.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { timestamp } from '../control-plane/api/objects.ts';
import { terminalProgress } from '../control-plane/progress.ts';
import { openArena, type Arena } from './arena.ts';
import { help, parseArguments, type BenchOrder } from './arguments.ts';
import { controllerNames } from './controllers.ts';
import { describeMachine, describeVersions } from './machine.ts';
import type { Results } from './results.ts';
import { runBench, type Readings } from './run-bench.ts';
import { workNames } from './work-items.ts';
import { writeReport } from './write-report.ts';

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === 'help') console.log(help);
else if (parsed.kind === 'wrong') {
  console.error(`bench: ${parsed.problem}`);
  process.exitCode = 2;
} else if (parsed.kind === 'render') tell(await writeReport(JSON.parse(await readFile(parsed.from, 'utf8')) as Results, parsed.out));
else await bench(parsed.order);

async function bench(order: BenchOrder): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.error('\nstopping; what was started is taken down');
      stop.abort(new Error(`${signal} received`));
    });
  }
  const progress = terminalProgress(process.stdout);
  const startedMs = Date.now();
  const readings: Readings = { measurements: [], memory: [] };
  let arena: Arena | undefined;
  let brokenOff: string | undefined;
  // Before anything runs: what is built now is what is measured, whatever is committed meanwhile.
  const machine = await describeMachine();
  const versions = await describeVersions(machine, order.bundle !== undefined);
  try {
    arena = await openArena({ bundle: order.bundle, progress, signal: stop.signal });
    await runBench({ arena, order, readings, progress, signal: stop.signal });
  } catch (error) {
    brokenOff = error instanceof Error ? error.message : String(error);
    process.exitCode = stop.signal.aborted ? 130 : 1;
    if (!stop.signal.aborted) console.error(brokenOff);
  } finally {
    await arena?.close();
  }
  const minutes = (Date.now() - startedMs) / 60_000;
  // What was measured before it broke off is not thrown away; who stopped it by hand wants nothing.
  if (order.out !== undefined && !stop.signal.aborted && readings.measurements.length + readings.memory.length > 0) {
    const about = { startedAt: timestamp(new Date(startedMs)), minutes: Math.round(minutes * 10) / 10, command: commandLine(order), rounds: order.rounds, brokenOff };
    const written = await writeReport({ ...about, machine, versions, ...readings }, order.out);
    tell(written);
  }
  console.log(`${brokenOff === undefined ? 'Done in' : 'Ended after'} ${minutes.toFixed(1)} minutes.`);
}

function tell(written: readonly string[]): void {
  console.log(`written: ${written.map((file) => path.relative(process.cwd(), file)).join(', ')}`);
}

/** As it would be typed again, less where its files are. */
function commandLine({ controllers, works, rounds }: BenchOrder): string {
  const args = [
    ...(controllers.length === controllerNames.length ? [] : ['--only', ...controllers]),
    ...(works.length === workNames.length ? [] : ['--work', works.join(',')]),
    ...(rounds === 1 ? [] : ['--rounds', String(rounds)]),
  ];
  return ['npm run bench', ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
}
