// `emulator clock`: reads or moves the virtual clock.
import { parseArgs } from 'node:util';
import { chosenServer, durationOption, numberOption, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, 'offset-ms': { type: 'string' }, advance: { type: 'string' } } as const;

export async function clock(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const offsetMs = numberOption('--offset-ms', values['offset-ms']);
  const advanceMs = durationOption('--advance', values.advance);
  if (offsetMs !== undefined && advanceMs !== undefined) throw new Error('clock takes --offset-ms or --advance, not both');
  const change = offsetMs === undefined ? (advanceMs === undefined ? undefined : { advanceMs }) : { offsetMs };
  const now = await chosenServer(values.url).clock(change);
  print(`virtual ${now.virtualTime}\nmachine ${now.machineTime}\noffset  ${now.offsetMs} ms`);
}
