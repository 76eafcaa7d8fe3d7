// Which line is which? Names side by side below a chart, as many lines of them as are needed, four at most.
import { colours, escape, round } from './style.ts';

const lineHeight = 18;
const mark = 20;
const between = 14;
const linesAtMost = 4;

interface Placed {
  readonly name: string;
  readonly index: number;
  readonly x: number;
  readonly line: number;
}

export function legend(names: readonly string[], at: { readonly x: number; readonly width: number; readonly bottom: number }): { readonly text: string; readonly height: number } {
  const placed = place(names, at.width);
  const needed = 1 + Math.max(0, ...placed.map(({ line }) => line));
  const lines = Math.min(linesAtMost, needed);
  const yOf = (line: number): number => at.bottom - (lines - 1 - line) * lineHeight;
  const shown = placed.filter(({ line }) => needed === lines || line < lines - 1);
  const rest = names.length - shown.length;
  const text = shown.map(({ name, index, x, line }) => {
    const y = yOf(line);
    return `<line class="line c${index % colours}" x1="${round(at.x + x)}" x2="${round(at.x + x + 13)}" y1="${y - 4}" y2="${y - 4}"/><text class="tick" x="${round(at.x + x + mark)}" y="${y}">${escape(name)}</text>`;
  });
  const more = rest === 0 ? [] : [`<text class="tick" x="${at.x + mark}" y="${yOf(lines - 1)}">and ${rest} more</text>`];
  return { text: [...text, ...more].join('\n'), height: lines * lineHeight };
}

function place(names: readonly string[], width: number): readonly Placed[] {
  let [x, line] = [0, 0];
  return names.map((full, index) => {
    const name = shortened(full, width - mark);
    const needed = mark + widthOf(name);
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    const placed = { name, index, x, line };
    x += needed + between;
    return placed;
  });
}

/** The middle of a long name tells least: what is an ARN is seen at its beginning, which one at its end. */
export function shortened(name: string, width: number): string {
  for (let letters = name.length; letters > 2; letters--) {
    const end = Math.floor((letters - 1) / 2);
    const text = letters === name.length ? name : `${name.slice(0, letters - 1 - end)}…${name.slice(name.length - end)}`;
    if (widthOf(text) <= width) return text;
  }
  return '…';
}

/** In letters of 12 pixels; a little wide rather than too narrow, as nobody knows the font of a reader. */
function widthOf(text: string): number {
  const count = (letters: RegExp): number => text.match(letters)?.length ?? 0;
  return 7 * text.length - 2.6 * count(/[il.,:;'|!/ jtfr-]/g) + 1.6 * count(/[A-Zmw]/g);
}
