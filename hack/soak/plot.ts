// How is an hour drawn? Memory above, counts below, one strip of time for both, the troubles as bands.
import type { Episode } from './episodes.ts';
import type { Sample } from './sample.ts';

interface Curve {
  readonly name: string;
  readonly className: string;
  readonly of: (sample: Sample) => number | undefined;
}

interface Panel {
  readonly title: string;
  readonly top: number;
  readonly height: number;
  readonly curves: readonly Curve[];
}

const width = 960;
const left = 56;
const right = 130;
const plotWidth = width - left - right;

const panels: readonly Panel[] = [
  {
    title: 'memory, MB', top: 56, height: 240,
    curves: [
      { name: 'RSS', className: 'a', of: ({ rssBytes }) => rssBytes / 1e6 },
      { name: 'live heap', className: 'b', of: ({ collected }) => collected && collected.liveHeapBytes / 1e6 },
    ],
  },
  {
    title: 'counts', top: 344, height: 140,
    curves: [
      { name: 'timers', className: 'a', of: ({ timers }) => timers },
      { name: 'sockets', className: 'b', of: ({ sockets }) => sockets },
      { name: 'listeners', className: 'c', of: ({ collected }) => collected?.listeners },
      { name: 'Pending', className: 'd', of: ({ pending }) => pending },
    ],
  },
];

const style = `
  text { font: 12px system-ui, sans-serif; fill: #333 } .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #ddd } .band { fill: #d97706; opacity: .16 } .mark { stroke: #7c3aed; stroke-dasharray: 2 3 }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round } .warm { fill: #888; opacity: .12 }
  .a { stroke: #2563eb } .b { stroke: #059669 } .c { stroke: #b45309 } .d { stroke: #be185d }
  text.a, text.b, text.c, text.d { stroke: none } text.a { fill: #2563eb } text.b { fill: #059669 } text.c { fill: #b45309 } text.d { fill: #be185d }
  @media (prefers-color-scheme: dark) {
    text { fill: #ccc } .grid { stroke: #3a3a3a } .band { opacity: .3 }
    .a { stroke: #60a5fa } .b { stroke: #34d399 } .c { stroke: #fbbf24 } .d { stroke: #f472b6 } .mark { stroke: #a78bfa }
    text.a { fill: #60a5fa } text.b { fill: #34d399 } text.c { fill: #fbbf24 } text.d { fill: #f472b6 }
  }`;

/**
 * @param warmUpSeconds how much of the beginning is not judged, and drawn grey.
 * @returns an SVG without a background, readable on light and dark pages.
 */
export function drawSoak(samples: readonly Sample[], episodes: readonly Episode[], warmUpSeconds: number): string {
  const seconds = Math.max(1, samples.at(-1)?.atSeconds ?? 1);
  const x = (atSeconds: number): number => left + (plotWidth * Math.min(atSeconds, seconds)) / seconds;
  const drawn = panels.map((panel) => drawPanel(panel, samples, x));
  const seen = episodes.filter(({ atSeconds }) => atSeconds <= seconds);
  const marks = panels.flatMap(({ top, height }) => [
    `<rect class="warm" x="${left}" y="${top}" width="${round(x(warmUpSeconds) - left)}" height="${height}"/>`,
    ...seen.map((episode) => drawEpisode(episode, x, top, height)),
  ]);
  const bottom = 344 + 140;
  const ticks = niceSteps(seconds / 60, 6).map((minute) => `<text x="${round(x(minute * 60))}" y="${bottom + 18}" text-anchor="middle">${minute}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 528" role="img" aria-label="Memory and counts of the controller over the soak">
<style>${style}
</style>
<text class="title" x="${left}" y="24">pca-issuer under steady load and random faults</text>
${[...marks, ...drawn, ...ticks].join('\n')}
<text x="${left + plotWidth / 2}" y="${bottom + 36}" text-anchor="middle">minutes (orange: faults at AWS; violet: a Secret rotated or an issuer edited; grey: warm-up)</text>
</svg>
`;
}

function drawPanel({ title, top, height, curves }: Panel, samples: readonly Sample[], x: (atSeconds: number) => number): string {
  const series = curves.map((curve) => samples.flatMap((sample) => {
    const value = curve.of(sample);
    return value === undefined ? [] : [{ atSeconds: sample.atSeconds, value }];
  }));
  const most = Math.max(1, ...series.flat().map(({ value }) => value)) * 1.08;
  const y = (value: number): number => top + height - (height * value) / most;
  const grid = niceSteps(most, 5).map((value) => `<line class="grid" x1="${left}" x2="${left + plotWidth}" y1="${round(y(value))}" y2="${round(y(value))}"/><text x="${left - 8}" y="${round(y(value) + 4)}" text-anchor="end">${value}</text>`);
  const lines = series.map((points, index) => `<polyline class="line ${curves[index]?.className}" points="${points.map(({ atSeconds, value }) => `${round(x(atSeconds))},${round(y(value))}`).join(' ')}"/>`);
  const ends = apart(series.map((points) => y(points.at(-1)?.value ?? 0) + 4));
  const names = curves.map(({ name, className }, index) => `<text class="${className}" x="${left + plotWidth + 8}" y="${round(ends[index] ?? 0)}">${name} ${Math.round(series[index]?.at(-1)?.value ?? 0)}</text>`);
  return [`<text x="${left}" y="${top - 10}">${title}</text>`, ...grid, ...lines, ...names].join('\n');
}

function drawEpisode({ atSeconds, lastsSeconds, what }: Episode, x: (atSeconds: number) => number, top: number, height: number): string {
  const from = round(x(atSeconds));
  const title = `<title>${what}</title>`;
  if (lastsSeconds === 0) return `<line class="mark" x1="${from}" x2="${from}" y1="${top}" y2="${top + height}">${title}</line>`;
  return `<rect class="band" x="${from}" y="${top}" width="${round(Math.max(1, x(atSeconds + lastsSeconds) - x(atSeconds)))}" height="${height}">${title}</rect>`;
}

/** Multiples of 1, 2 or 5 times a power of ten, from 0 to at most `most`, about `count` of them. */
export function niceSteps(most: number, count: number): readonly number[] {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

/** Moves labels that would lie on each other; keeps their order. */
export function apart(heights: readonly number[], least = 15): readonly number[] {
  const placed = [...heights];
  let lowest = -Infinity;
  for (const index of heights.map((_, position) => position).sort((one, two) => (heights[one] ?? 0) - (heights[two] ?? 0))) {
    lowest = Math.max(placed[index] ?? 0, lowest + least);
    placed[index] = lowest;
  }
  return placed;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
