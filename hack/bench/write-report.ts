// Which files does a bench leave? The report, its plot and the numbers that both were made from.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { controllerTitles } from './controllers.ts';
import { latencyPlot } from './latency-plot.ts';
import type { Measurement } from './measurement.ts';
import { reportOf } from './report.ts';
import { latenciesOf, measuredControllers, type Results } from './results.ts';
import { workItems } from './work-items.ts';

/** @param report path of the Markdown file @returns all paths, the report first */
export async function writeReport(results: Results, report: string): Promise<readonly string[]> {
  const stem = report.replace(/\.md$/, '');
  const files = { plot: `${stem}-latency.svg`, raw: `${stem}.json` };
  const items = [...workItems['100'], ...workItems['500'], ...workItems.steady];
  const curves = measuredControllers(results).flatMap((controller) =>
    items.map(({ name, title }) => ({ controller, name: title, ...latenciesOf(results, name, controller) })).filter(({ requests }) => requests > 0),
  );
  await mkdir(dirname(report), { recursive: true });
  await Promise.all([
    writeFile(report, reportOf(results, files)),
    writeFile(files.plot, latencyPlot(curves, controllerTitles)),
    writeFile(files.raw, rawText(results)),
  ]);
  return [report, files.plot, files.raw];
}

/** One line a measurement, so that two runs can be compared line by line. */
export function rawText({ measurements, memory, ...about }: Results): string {
  const shortened = measurements.map((each): Measurement => ({ ...each, latencySeconds: each.latencySeconds.map((seconds) => Math.round(seconds * 1_000) / 1_000) }));
  const lines = (values: readonly object[]): string => (values.length === 0 ? '[]' : `[\n${values.map((value) => `    ${JSON.stringify(value)}`).join(',\n')}\n  ]`);
  const head = JSON.stringify(about, undefined, 2).replace(/\n\}$/, '');
  return `${head},\n  "measurements": ${lines(shortened)},\n  "memory": ${lines(memory)}\n}\n`;
}
