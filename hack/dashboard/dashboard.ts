// `npm run dashboard`: what does the Grafana dashboard look like? Records, has Prometheus answer every panel, and writes docs/dashboard.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { terminalProgress } from '../control-plane/progress.ts';
import { drawDashboard } from './draw.ts';
import { evaluate, type Pages } from './evaluate.ts';
import { record } from './record.ts';
import { readPanels, writeRecording } from './recording.ts';

const help = `Records ten minutes of our controller, answers every panel of config/grafana from them with Prometheus, and draws docs/dashboard.svg.

Usage: npm run dashboard -- [FLAGS]

  --again   answer and draw from the pages that were recorded last (dist/dashboard-pages.json), without a run`;

const root = join(import.meta.dirname, '../..');
const kept = join(root, 'dist/dashboard-pages.json');

const { values } = parseArgs({ options: { again: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } });
if (values.help === true) {
  console.log(help);
  process.exit();
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(`${name} received`)));

const pages = values.again ? (JSON.parse(await readFile(kept, 'utf8')) as Pages) : await recorded();
const panels = readPanels(await readFile(join(root, 'config/grafana/pca-issuer.json'), 'utf8'));
const recording = await evaluate(pages, panels);
await writeFile(join(root, 'docs/dashboard.json'), writeRecording(recording));
await writeFile(join(root, 'docs/dashboard.svg'), drawDashboard(panels, recording));
console.log('wrote docs/dashboard.json and docs/dashboard.svg');
process.exit();

async function recorded(): Promise<Pages> {
  const made = await record(terminalProgress(process.stdout), stop.signal);
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(kept, JSON.stringify(made));
  return made;
}
