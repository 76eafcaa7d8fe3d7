// How does Grafana lay our dashboard out? One SVG that reads on light and dark pages, from the panels and what was recorded of them.
import { drawChart } from './draw-chart.ts';
import { drawStat } from './draw-stat.ts';
import type { GrafanaPanel, Recording } from './recording.ts';
import { escape, style } from './style.ts';

const columnWidth = 50;
const lineHeight = 30;
const gap = 8;
const margin = 16;
const head = 96;
const width = 24 * columnWidth + 2 * margin;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function drawDashboard(panels: readonly GrafanaPanel[], recording: Recording): string {
  const lines = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
  const height = head + lines * lineHeight + margin;
  const drawn = panels.map((panel) => drawPanel(panel, recording));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The Grafana dashboard of pca-issuer over eight minutes">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="10"/>`,
    ...header(recording),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function header({ stepSeconds, rateInterval, events }: Recording): readonly string[] {
  const told = events.map(({ what }, index) => `<tspan class="badge">${index + 1}</tspan><tspan dx="6">${escape(what)}</tspan>`).join('<tspan dx="22"> </tspan>');
  return [
    `<text class="name" x="${margin + 4}" y="40">pca-issuer</text>`,
    `<text class="faint" x="${width - margin - 4}" y="38" text-anchor="end">two replicas, 2 requests a second, scraped every ${stepSeconds} s, rates over ${rateInterval}</text>`,
    `<text x="${margin + 4}" y="72">${told}</text>`,
  ];
}

function drawPanel(panel: GrafanaPanel, recording: Recording): string {
  const { type, title, gridPos: { x, y, w, h } } = panel;
  const box: Box = { x: margin + x * columnWidth + gap / 2, y: head + y * lineHeight + gap / 2, width: w * columnWidth - gap, height: h * lineHeight - gap };
  if (type === 'row') return `<text class="row" x="${box.x}" y="${box.y + 17}">${escape(title)}</text>`;
  // A test asks for a new recording; until then the picture can be made.
  const series = recording.panels[title] ?? [];
  return [
    `<rect class="panel" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="4"/>`,
    `<text class="title" x="${box.x + 12}" y="${box.y + 24}">${escape(title)}</text>`,
    type === 'stat' ? drawStat(panel, series, box) : drawChart(panel, series, recording, box),
  ].join('\n');
}
