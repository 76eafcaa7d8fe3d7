// How does Grafana write a number of a unit? As far as our panels use units.

export interface Scale {
  /** What a value is divided by. */
  readonly factor: number;
  readonly suffix: string;
}

type Steps = readonly (readonly [from: number, suffix: string])[];

const year = 365 * 86_400;
const seconds: Steps = [[1e-6, ' µs'], [1e-3, ' ms'], [1, ' s'], [60, ' mins'], [3_600, ' hours'], [86_400, ' days'], [7 * 86_400, ' weeks'], [year, ' years']];
const bytes: Steps = [[1, ' B'], [2 ** 10, ' KiB'], [2 ** 20, ' MiB'], [2 ** 30, ' GiB']];
const fixed: Readonly<Record<string, Scale>> = {
  percentunit: { factor: 0.01, suffix: '%' },
  cpm: { factor: 1, suffix: ' cpm' },
  reqps: { factor: 1, suffix: ' req/s' },
};

/** The scale that suits the largest value of an axis, or one value alone. */
export function scaleOf(unit: string, largest: number): Scale {
  if (unit === 's') return fitting(seconds, largest);
  if (unit === 'bytes') return fitting(bytes, largest);
  if (unit === 'd') {
    const { factor, suffix } = fitting(seconds.slice(5), largest * 86_400);
    return { factor: factor / 86_400, suffix };
  }
  return fixed[unit] ?? { factor: 1, suffix: '' };
}

export function formatted(value: number, unit: string, { factor, suffix } = scaleOf(unit, value)): string {
  if (unit === 'bool_yes_no') return value === 0 ? 'No' : 'Yes';
  if (value === 0) return `0${suffix}`;
  const scaled = value / factor;
  return `${Number(scaled.toPrecision(Math.abs(scaled) >= 100 ? Math.ceil(Math.log10(Math.abs(scaled))) : 3))}${suffix}`;
}

function fitting(steps: Steps, largest: number): Scale {
  const [factor, suffix] = steps.findLast(([from]) => largest >= from) ?? steps[0] ?? [1, ''];
  return { factor, suffix };
}
