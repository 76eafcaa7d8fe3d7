// At which dates does a timeline carry marks? Round ones, as people count: days, weeks, months, years.

/** What the bars show. */
export interface Frame {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Tick {
  readonly at: Date;
  readonly label: string;
}

const dayMs = 86_400_000;
const mostTicks = 7;
/** A label must not leave the picture. */
const edge = 0.05;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The finest of these that leaves the labels room. */
const steps: readonly ((frame: Frame) => readonly Date[])[] = [...[1, 2, 7, 14].map(everyDays), ...[1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200].map(everyMonths)];

export function ticksWithin({ startMs, endMs }: Frame): readonly Tick[] {
  const marginMs = (endMs - startMs) * edge;
  const inside = { startMs: startMs + marginMs, endMs: endMs - marginMs };
  const dates = steps.map((step) => step(inside)).find(({ length }) => length <= mostTicks) ?? [];
  return dates.map((at) => ({ at, label: labelOf(at) }));
}

/** Counted from a Monday, so that weeks begin there. */
function everyDays(count: number): (frame: Frame) => readonly Date[] {
  const monday = Date.UTC(1970, 0, 5);
  const stepMs = count * dayMs;
  return ({ startMs, endMs }) => {
    const first = monday + Math.ceil((startMs - monday) / stepMs) * stepMs;
    // More than these are too many in any case.
    return Array.from({ length: Math.min(100, Math.max(0, Math.floor((endMs - first) / stepMs) + 1)) }, (_, index) => new Date(first + index * stepMs));
  };
}

function everyMonths(count: number): (frame: Frame) => readonly Date[] {
  return ({ startMs, endMs }) => {
    const [start, end] = [new Date(startMs), new Date(endMs)];
    const first = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / count) * count;
    const length = Math.floor(((end.getUTCFullYear() + 1) * 12 - first) / count) + 1;
    return Array.from({ length }, (_, index) => monthAt(first + index * count)).filter((date) => date >= start && date <= end);
  };
}

/** @param count  months since the year 0 */
function monthAt(count: number): Date {
  return new Date(Date.UTC(Math.floor(count / 12), count % 12));
}

function labelOf(at: Date): string {
  const month = months[at.getUTCMonth()] ?? '';
  if (at.getUTCDate() !== 1) return `${at.getUTCDate()} ${month}`;
  return at.getUTCMonth() === 0 ? String(at.getUTCFullYear()) : month;
}
