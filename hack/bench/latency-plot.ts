// How are the latencies distributed? One curve a work item and controller, as an SVG that reads on light and dark pages.
import type { ControllerName } from './controllers.ts';
import { distribution } from './statistics.ts';

export interface Curve {
  readonly controller: ControllerName;
  /** As the legend names it. */
  readonly name: string;
  readonly seconds: readonly number[];
  /** More than the seconds where some requests were never issued. */
  readonly requests: number;
}

const width = 900;
const height = 470;
const plot = { left: 70, right: 880, top: 56, bottom: 340 };
const dashes = ['', '9 5', '2 4'];
const ticks = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** Room between a legend's lines. */
const legendLine = 22;

/** @param titles how each controller is called in the legend */
export function latencyPlot(curves: readonly Curve[], titles: Readonly<Record<ControllerName, string>>): string {
  const all = curves.flatMap(({ seconds }) => seconds);
  const [low, high] = rangeOf(all);
  const x = (seconds: number): number => plot.left + ((Math.log(seconds) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (plot.right - plot.left);
  const y = (share: number): number => plot.bottom - share * (plot.bottom - plot.top);
  const names = [...new Set(curves.map(({ name }) => name))];
  const dashOf = (name: string): string => dashes[names.indexOf(name) % dashes.length] ?? '';
  const axes = [
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${y(share)}" y2="${y(share)}"/><text x="${plot.left - 8}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`),
    ...ticks.filter((tick) => tick >= low && tick <= high).map((tick) => `<line class="grid" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${plot.top}" y2="${plot.bottom}"/><text x="${round(x(tick))}" y="${plot.bottom + 18}" text-anchor="middle">${tick}</text>`),
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 40}" text-anchor="middle">seconds from Approved to Issued (logarithmic)</text>`,
    `<text x="18" y="${(plot.top + plot.bottom) / 2}" text-anchor="middle" transform="rotate(-90 18 ${(plot.top + plot.bottom) / 2})">share of the requests that are issued</text>`,
  ];
  const lines = curves.filter(({ seconds }) => seconds.length > 0).map(({ controller, name, seconds, requests }) => {
    const points = distribution(seconds, requests);
    const from = `M${round(x(points[0]?.value ?? low))},${y(0)}`;
    const steps = points.map(({ value, share }) => `H${round(x(value))}V${round(y(share))}`).join('');
    return `<path class="${controller}" stroke-dasharray="${dashOf(name)}" d="${from}${steps}"><title>${escape(`${titles[controller]}: ${name}`)}</title></path>`;
  });
  const legend = curves.map(({ controller, name }) => {
    const column = controller === 'ours' ? plot.left : plot.left + 345;
    const top = plot.bottom + 66 + names.indexOf(name) * legendLine;
    return `<path class="${controller}" stroke-dasharray="${dashOf(name)}" d="M${column},${top}h44"/><text x="${column + 54}" y="${top + 4}">${escape(`${titles[controller]}: ${name}`)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Latency distributions">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="${plot.left}" y="32">How long a request takes from Approved to Issued</text>`,
    ...axes,
    ...lines,
    ...legend,
    '</svg>\n',
  ].join('\n');
}

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 16px; font-weight: 600 }
  .page { fill: #ffffff } .grid { stroke: #d0d7de } path { fill: none; stroke-width: 2 }
  .ours { stroke: #0969da } .peer { stroke: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .page { fill: #0d1117 } .grid { stroke: #30363d } .ours { stroke: #58a6ff } .peer { stroke: #f0883e }
  }
`;

/** From the tick below the smallest to the tick above the largest; from edge to edge where there is no such tick. */
function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  if (values.length === 0) return [1, 100];
  const [least, most] = [Math.max(1e-3, Math.min(...values)), Math.max(...values)];
  const low = ticks.findLast((tick) => tick <= least) ?? least * 0.9;
  return [low, ticks.find((tick) => tick >= most && tick > low) ?? most * 1.1];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
