import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyPlot } from './latency-plot.ts';

const titles = { ours: 'pca-issuer', peer: 'aws-privateca-issuer' };
const curve = { controller: 'ours', name: '100 at once', seconds: [1.9, 2, 4], requests: 3 } as const;

test('each curve is a path that climbs from the axis to the top, and stands in the legend', () => {
  const svg = latencyPlot([curve, { ...curve, controller: 'peer', seconds: [8, 25, 33] }], titles);
  assert.equal(svg.match(/<path class="ours"/g)?.length, 2);
  assert.match(svg, /d="M\d[\d.]*,340H[\d.]+V245\.3H[\d.]+V150\.7H[\d.]+V56"><title>pca-issuer: 100 at once</);
  assert.match(svg, />aws-privateca-issuer: 100 at once<\/text>/);
});

test('a curve of requests that were not all issued ends below the top', () => {
  const svg = latencyPlot([{ ...curve, requests: 6 }], titles);
  assert.match(svg, /V198"><title>/);
});

test('axes are labelled and colours follow the page', () => {
  const svg = latencyPlot([curve], titles);
  for (const text of ['seconds from Approved to Issued', 'share of the requests', 'prefers-color-scheme: dark', '100 %']) assert.ok(svg.includes(text), text);
});

test('nothing to draw is no curve and no NaN', () => {
  const svg = latencyPlot([{ ...curve, seconds: [] }], titles);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

test('latencies of any size stay inside the plot', () => {
  for (const seconds of [[0.001], [0.5], [100_000]]) {
    const [, at = ''] = /d="M([\d.-]+),340H/.exec(latencyPlot([{ ...curve, seconds }], titles)) ?? [];
    assert.ok(Number(at) >= 69 && Number(at) <= 881, `${String(seconds)} at ${at}`);
  }
});
