// The tables of the report, each from the results alone.
import { controllerTitles } from './controllers.ts';
import {
  callsPerRequest, cpuMsPerRequest, latencyAt, measuredControllers, namesIn, ofMemory, ofWork, ratePerSecond, writesPerRequest, type Reading, type Results,
} from './results.ts';
import { workItems, type WorkItem } from './work-items.ts';

type Cell = string | number;

/** Markdown; the first column to the left, the rest to the right. */
export function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return 'Not measured.';
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const megabytes = (read: (each: Parameters<Reading>[0]) => number): Reading => (each) => read(each) / 1_000_000;
const speedRows: readonly (readonly [string, Reading])[] = [
  ['all issued after, s', ({ makespanSeconds }) => makespanSeconds],
  ['issued per second', ratePerSecond],
  ['p50, s', latencyAt(0.5)],
  ['p90, s', latencyAt(0.9)],
  ['p99, s', latencyAt(0.99)],
  ['longest, s', latencyAt(1)],
  ['Failed', ({ failed }) => failed],
  ['pending', ({ pending }) => pending],
  ['duplicates', ({ duplicates }) => duplicates],
];
const costRows: readonly (readonly [string, Reading])[] = [
  ['calls throttled by the quota', ({ throttled }) => throttled],
  ['Kubernetes writes', writesPerRequest()],
  ['CPU, ms per request', cpuMsPerRequest],
  ['RSS before, MB', megabytes(({ rssBytes }) => rssBytes.before)],
  ['RSS after, MB', megabytes(({ rssBytes }) => rssBytes.after)],
  ['RSS at its peak, MB', megabytes(({ rssBytes }) => rssBytes.peak)],
];

/** Rows are numbers, columns are work items by controller. */
export function workTable(results: Results): string {
  const items = [...workItems['100'], ...workItems['500'], ...workItems.steady].filter(({ name }) => wasMeasured(results, name));
  const { measurements } = results;
  const chosen = measurements.filter(({ item }) => items.some(({ name }) => name === item));
  const calls = namesIn(chosen, ({ awsCalls }) => awsCalls).map((name) => [`AWS: ${name}`, callsPerRequest(name)] as const);
  const writes = namesIn(chosen, (each) => each.writes).map((name) => [`Kubernetes: ${name}`, writesPerRequest(name)] as const);
  const controllers = measuredControllers(results);
  const columns = items.flatMap((item) => controllers.map((controller) => ({ item, controller })));
  const rows = [...speedRows, ...calls, ...costRows, ...writes].map(([title, read]) => [
    title,
    ...columns.map(({ item, controller }) => cell(ofWork(results, item.name, controller, read))),
  ]);
  return table(['', ...columns.map(({ item, controller }) => `${short(item)}, ${controllerTitles[controller].split(' ')[0]}`)], rows);
}

export function faultTable(results: Results): string {
  const items = workItems.faults.filter(({ name }) => wasMeasured(results, name));
  const rows = items.flatMap((item) =>
    measuredControllers(results).map((controller) => {
      const read = (reading: Reading): string => cell(ofWork(results, item.name, controller, reading));
      const complaint = results.measurements.find((each) => each.item === item.name && each.controller === controller && each.complaint !== undefined)?.complaint;
      const outcome = [(each) => each.issued, (each) => each.failed, (each) => each.pending, (each) => each.duplicates, (each) => each.makespanSeconds] satisfies readonly Reading[];
      return [item.title, controllerTitles[controller], ...outcome.map(read), said(complaint)];
    }),
  );
  return table(['fault', 'controller', 'Issued', 'Failed', 'pending', 'duplicates', 'all ended after, s', 'the first that Failed says'], rows);
}

export function memoryTable(results: Results): string {
  const megabytesOf = (bytes: number | undefined): string => cell(bytes === undefined ? undefined : bytes / 1_000_000);
  const rows = measuredControllers(results).map((controller) => [
    controllerTitles[controller],
    megabytesOf(ofMemory(results, controller, (each) => each.idleRssBytes)),
    megabytesOf(ofWork(results, '500', controller, (each) => each.rssBytes.after)),
    megabytesOf(ofWork(results, '500', controller, (each) => each.rssBytes.peak)),
    megabytesOf(ofMemory(results, controller, (each) => each.loadedRssBytes)),
    megabytesOf(ofMemory(results, controller, (each) => each.loadedPeakRssBytes)),
  ]);
  return table(['RSS, MB', 'at rest', 'after 500 requests', 'at its peak with 500', 'in a full cluster', 'at its peak there'], rows);
}

export function startTable(results: Results): string {
  const rows = measuredControllers(results).map((controller) => {
    const starts: Reading = ({ start }) => start.readySeconds;
    const firsts: Reading = ({ start }) => start.firstIssuedSeconds;
    const anyItem = results.measurements.find((each) => each.controller === controller)?.item ?? '';
    return [
      controllerTitles[controller],
      cell(ofWork(results, anyItem, controller, starts)),
      cell(ofWork(results, anyItem, controller, firsts)),
      cell(ofMemory(results, controller, ({ loadedStart }) => loadedStart.readySeconds)),
      cell(ofMemory(results, controller, ({ loadedStart }) => loadedStart.firstIssuedSeconds)),
    ];
  });
  return table(['seconds', 'ready', 'first certificate', 'ready in a full cluster', 'first certificate there'], rows);
}

/** Three digits say enough. */
export function formatted(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function wasMeasured({ measurements }: Results, item: string): boolean {
  return measurements.some((each) => each.item === item);
}

function cell(value: number | undefined): string {
  return value === undefined ? '–' : formatted(value);
}

function short({ requests, perSecond }: WorkItem): string {
  return perSecond === undefined ? `${requests} at once` : `${perSecond} per second`;
}

/** One short line that cannot break the table. */
function said(message: string | undefined): string {
  const line = (message ?? '').replaceAll(/[\s|]+/g, ' ').replaceAll(/RequestID: [\w-]+/g, 'RequestID: …');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
