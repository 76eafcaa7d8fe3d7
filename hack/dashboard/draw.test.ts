import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { drawDashboard } from './draw.ts';
import { legend, shortened } from './legend.ts';
import { readPanels, writeRecording, type GrafanaPanel, type Recording } from './recording.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const chart = (changes: Partial<GrafanaPanel> = {}): GrafanaPanel => ({
  type: 'timeseries',
  title: 'Calls <by code>',
  gridPos: { x: 0, y: 0, w: 24, h: 8 },
  fieldConfig: { defaults: { unit: 'reqps', thresholds: { steps: [] } } },
  ...changes,
});
const recorded = (panels: Recording['panels']): Recording => ({ stepSeconds: 60, rateInterval: '4m', events: [], panels });
const linesOf = (svg: string): readonly number[] => [...svg.matchAll(/<polyline[^>]* points="([^"]*)"/g)].map(([, points = '']) => points.split(' ').length);

test('every panel of the dashboard has been recorded, or npm run dashboard has to be run', () => {
  const recording = JSON.parse(read('docs/dashboard.json')) as Recording;
  const panels = readPanels(read('config/grafana/pca-issuer.json'));
  const drawn = panels.filter(({ type }) => type !== 'row').map(({ title }) => title);
  assert.deepEqual(Object.keys(recording.panels), drawn);
  for (const [title, series] of Object.entries(recording.panels)) assert.ok(series.some(({ values }) => values.some((value) => value !== null)), title);
  assert.equal(writeRecording(recording), read('docs/dashboard.json'));
  const svg = drawDashboard(panels, recording);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
});

test('where there is no value there is no line', () => {
  const panel = chart();
  const svg = drawDashboard([panel], recorded({ [panel.title]: [{ name: 'ok', values: [1, 2, null, 4, 5, 6] }] }));
  assert.deepEqual(linesOf(svg), [2, 3]);
});

test('stacked series stand on each other', () => {
  const panel = chart({ fieldConfig: { defaults: { unit: 'none', thresholds: { steps: [] }, custom: { stacking: { mode: 'normal' } } } } });
  const svg = drawDashboard([panel], recorded({ [panel.title]: [{ name: 'one', values: [2, 2] }, { name: 'other', values: [1, 1] }] }));
  const [, second = ''] = [...svg.matchAll(/<polygon[^>]* points="([^"]*)"/g)].map(([, points]) => points ?? '');
  const heights = second.split(' ').map((point) => Number(point.split(',')[1]));
  const [upper = 0, , , lower = 0] = heights;
  assert.ok(upper < lower, 'the area of the second begins where that of the first ends');
});

test('a number has the colour of its threshold', () => {
  const steps = [{ color: 'green', value: null }, { color: 'red', value: 1 }];
  const stat = chart({ type: 'stat', title: 'Parked', fieldConfig: { defaults: { unit: 'none', thresholds: { steps } } } });
  const of = (value: number): string => drawDashboard([stat], recorded({ Parked: [{ name: 'parked', values: [value] }] }));
  assert.match(of(0), /class="big good"[^>]*>0</);
  assert.match(of(3), /class="big bad"[^>]*>3</);
});

test('a panel without a recording is drawn empty, and letters that mean something to XML are written out', () => {
  const svg = drawDashboard([chart()], recorded({}));
  assert.match(svg, /Calls &lt;by code&gt;/);
  assert.deepEqual(linesOf(svg), []);
});

test('a long name keeps its beginning and its end, and a legend breaks into lines', () => {
  assert.equal(shortened('arn:aws:acm-pca:eu-central-1:1:certificate-authority/abcd', 68), 'arn:a…abcd');
  const at = { x: 0, width: 200, bottom: 100 };
  assert.match(legend(Array.from({ length: 9 }, (_, index) => `a name as long as ${index}`), at).text, />and 6 more</);
  assert.ok(legend(['IssueCertificate ok', 'GetCertificate ok', 'GetCertificate pending'], at).height > legend(['ok'], at).height);
});
