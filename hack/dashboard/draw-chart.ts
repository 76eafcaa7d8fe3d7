// Series over time: axes, lines, the troubles as bands behind them, and a legend below.
import { niceSteps } from '../soak/plot.ts';
import type { Box } from './draw.ts';
import { legend } from './legend.ts';
import type { GrafanaPanel, Recording, Series } from './recording.ts';
import { colours, round } from './style.ts';
import { formatted, scaleOf } from './units.ts';

const axis = { left: 68, right: 26, top: 48, bottom: 24 };

interface Plot {
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
  readonly bottom: number;
}

type Curve = readonly (readonly [step: number, low: number, high: number])[];

export function drawChart({ fieldConfig }: GrafanaPanel, series: readonly Series[], { stepSeconds, events }: Recording, box: Box): string {
  if (series.length === 0) return '';
  const { unit = 'none', custom } = fieldConfig?.defaults ?? {};
  const isStacked = custom?.stacking?.mode === 'normal';
  const curves = curvesOf(series, isStacked);
  const key = legend(series.map(({ name }) => name), { x: box.x + 12, width: box.width - 24, bottom: box.y + box.height - 10 });
  const [left, right] = [box.x + axis.left, box.x + box.width - axis.right];
  const [top, bottom] = [box.y + axis.top, box.y + box.height - key.height - axis.bottom - 10];
  const last = Math.max(1, ...series.map(({ values }) => values.length - 1));
  const found = Math.max(...curves.flat(2).map(([, , high]) => high));
  // An axis of nothing but zeros goes to one.
  const highest = unit === 'bool_yes_no' || found <= 0 ? 1 : found;
  const scale = scaleOf(unit, highest);
  const most = highest * 1.06;
  const plot: Plot = { x: (step) => left + ((right - left) * step) / last, y: (value) => bottom - ((bottom - top) * value) / most, bottom };
  const levels = unit === 'bool_yes_no' ? [0, 1] : niceSteps(most / scale.factor, 4).map((level) => level * scale.factor);
  const minutes = niceSteps((last * stepSeconds) / 60, 5);
  return [
    ...events.map(({ fromSeconds, toSeconds }, index) => {
      const [from, to] = [plot.x(fromSeconds / stepSeconds), plot.x(toSeconds / stepSeconds)];
      return `<rect class="event" x="${round(from)}" y="${top}" width="${round(to - from)}" height="${bottom - top}"/><text class="badge small" x="${round((from + to) / 2)}" y="${top - 4}" text-anchor="middle">${index + 1}</text>`;
    }),
    ...levels.map((level) => `<line class="grid" x1="${left}" x2="${right}" y1="${round(plot.y(level))}" y2="${round(plot.y(level))}"/><text class="tick" x="${left - 8}" y="${round(plot.y(level) + 4)}" text-anchor="end">${formatted(level, unit, scale)}</text>`),
    ...minutes.map((minute) => `<text class="tick" x="${round(plot.x((minute * 60) / stepSeconds))}" y="${bottom + 18}" text-anchor="middle">${minute === 0 ? '0' : `${minute} min`}</text>`),
    ...curves.flatMap((parts, index) => parts.map((curve) => drawCurve(curve, index % colours, plot, isStacked))),
    key.text,
  ].join('\n');
}

/** Each series as its unbroken stretches: Grafana draws no line where there is no value. */
function curvesOf(series: readonly Series[], isStacked: boolean): readonly (readonly Curve[])[] {
  const floor: number[] = [];
  return series.map(({ values }) => {
    const stretches: (readonly [number, number, number])[][] = [[]];
    for (const [step, value] of values.entries()) {
      if (value === null) {
        if (stretches.at(-1)?.length !== 0) stretches.push([]);
        continue;
      }
      const low = isStacked ? (floor[step] ?? 0) : 0;
      floor[step] = low + value;
      stretches.at(-1)?.push([step, low, low + value]);
    }
    return stretches.filter((stretch) => stretch.length > 0);
  });
}

function drawCurve(curve: Curve, colour: number, { x, y }: Plot, isStacked: boolean): string {
  const upper = curve.map(([step, , high]) => `${round(x(step))},${round(y(high))}`);
  // What does not stand on another ends on the axis: two corners are enough.
  const below = isStacked ? curve.toReversed() : [curve.at(-1), curve[0]].filter((point) => point !== undefined);
  const lower = below.map(([step, low]) => `${round(x(step))},${round(y(low))}`);
  return `<polygon class="${isStacked ? 'layer' : 'area'} f${colour}" points="${[...upper, ...lower].join(' ')}"/><polyline class="line c${colour}" points="${upper.join(' ')}"/>`;
}
