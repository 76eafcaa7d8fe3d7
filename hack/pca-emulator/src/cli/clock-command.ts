// `emulator clock`: reads or moves the virtual clock.
import { parseArgs } from 'node:util';
import { chosenServer, numberOption, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, 'offset-ms': { type: 'string' }, advance: { type: 'string' } } as const;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export async function clock(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const offsetMs = numberOption('--offset-ms', values['offset-ms']);
  const server = chosenServer(values.url);
  const change = offsetMs === undefined ? (values.advance === undefined ? undefined : { advanceMs: durationMs(values.advance) }) : { offsetMs };
  const now = await server.clock(change);
  print(`virtual ${now.virtualTime}\nmachine ${now.machineTime}\noffset  ${now.offsetMs} ms`);
}

/**
 * Reads 300ms, 90s, 12m, 2h or 30d.
 * @throws Error for another form
 */
export function durationMs(text: string): number {
  const [, number, unit] = /^(-?\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : unitMs[unit];
  if (factor === undefined) throw new Error(`${text} is not a duration such as 90s, 12m, 2h or 30d`);
  return Number(number) * factor;
}
