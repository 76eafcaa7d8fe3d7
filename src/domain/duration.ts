// Go's duration text, as Kubernetes objects carry it: `2160h0m0s`, `90m`, `1h30m`, `500ms`.

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * @param text Go's form (time.ParseDuration): one or more decimal numbers, each with a unit; `0` alone is allowed.
 * @returns milliseconds, or undefined when the text is not a duration.
 */
export function parseGoDuration(text: string): number | undefined {
  const negative = text.startsWith('-');
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/.test(body)) return undefined;
  let total = 0;
  let rest = body;
  while (rest !== '') {
    const part = /^(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/.exec(rest);
    if (part?.[1] === undefined || part[2] === undefined) return undefined;
    total += Number(part[1]) * (unitsMs[part[2]] ?? Number.NaN);
    rest = rest.slice(part[0].length);
  }
  return negative ? -total : total;
}

const scales = [
  { ms: 86_400_000, word: 'days' },
  { ms: 3_600_000, word: 'h' },
  { ms: 60_000, word: 'min' },
] as const;

/** Milliseconds for people: `90 days`, `12 h`, `5 min`, `30 s`. The largest unit that gives at least two, rounded down. */
export function describeDuration(ms: number): string {
  const scale = scales.find((each) => ms >= 2 * each.ms) ?? { ms: 1_000, word: 's' };
  return `${Math.floor(ms / scale.ms)} ${scale.word}`;
}
