// One number, in the colour of its threshold.
import type { Box } from './draw.ts';
import type { GrafanaPanel, Series } from './recording.ts';
import { escape } from './style.ts';
import { formatted } from './units.ts';

const inks: Readonly<Record<string, string>> = { green: 'good', red: 'bad', text: 'plain' };

export function drawStat({ fieldConfig, options }: GrafanaPanel, series: readonly Series[], { x, y, width, height }: Box): string {
  const { unit = 'none', thresholds } = fieldConfig?.defaults ?? {};
  const steps = thresholds?.steps ?? [];
  const isNamed = options?.textMode === 'name';
  const lines = series.map(({ name, values }) => {
    const value = values.at(-1) ?? 0;
    const colour = steps.findLast((step) => step.value === null || value >= step.value)?.color ?? 'text';
    return { text: isNamed ? name : formatted(value, unit), ink: inks[colour] ?? 'plain' };
  });
  const size = isNamed ? 'middle' : 'big';
  const step = isNamed ? 24 : 40;
  const first = y + 24 + (height - 24) / 2 + (isNamed ? 6 : 11) - ((lines.length - 1) * step) / 2;
  return lines.map(({ text, ink }, index) => `<text class="${size} ${ink}" x="${x + width / 2}" y="${first + index * step}" text-anchor="middle">${escape(text)}</text>`).join('\n');
}
