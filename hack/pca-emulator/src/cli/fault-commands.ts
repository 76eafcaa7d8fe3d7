// `emulator fault` and `emulator faults`: trouble to order, to list and to end.
import { parseArgs } from 'node:util';
import type { Fault } from '../admin-client.ts';
import { faultKinds, isFaultKind } from '../faults/fault-kinds.ts';
import { given } from '../given.ts';
import { chosenServer, durationOption, jsonOption, numberOption, print, urlOption } from './server-choice.ts';

const faultOptions = {
  ...urlOption,
  times: { type: 'string' },
  probability: { type: 'string' },
  seed: { type: 'string' },
  for: { type: 'string' },
  ca: { type: 'string' },
  'delay-ms': { type: 'string' },
  status: { type: 'string' },
  skew: { type: 'string' },
  body: { type: 'string' },
} as const;

export async function fault(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: faultOptions, allowPositionals: true });
  const [operation, kind, ...more] = positionals;
  if (operation === undefined || kind === undefined) throw new Error('fault needs OPERATION and KIND, for example: fault IssueCertificate lost --times 3');
  if (more.length > 0) throw new Error(`fault takes OPERATION and KIND; what is ${more.join(' ')}?`);
  if (!isFaultKind(kind)) throw new Error(`there is no fault ${kind}; known are ${faultKinds.join(', ')}`);
  const order = given({
    times: timesOption(values.times),
    probability: numberOption('--probability', values.probability),
    seed: numberOption('--seed', values.seed),
    forMs: durationOption('--for', values.for),
    ca: values.ca,
    delayMs: numberOption('--delay-ms', values['delay-ms']),
    status: numberOption('--status', values.status),
    skewMs: durationOption('--skew', values.skew),
    body: jsonOption('--body', values.body),
  });
  const queued = await chosenServer(values.url).fault({ operation, kind, ...order });
  print(`fault ${queued.id} is queued: ${kind} for ${operation}, ${strikes(queued)}`);
}

const faultsOptions = { ...urlOption, clear: { type: 'boolean' }, release: { type: 'boolean' }, operation: { type: 'string' }, ca: { type: 'string' } } as const;

export async function faults(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: faultsOptions });
  const server = chosenServer(values.url);
  const filter = given({ operation: values.operation, ca: values.ca });
  if (values.release) print(`let go: ${await server.releaseHanging(filter)}`);
  if (values.clear) await server.clearFaults(filter);
  const { faults: left, hanging } = await server.faults();
  for (const one of left) {
    const place = one.ca === undefined ? '' : `  ${one.ca}`;
    print(`${String(one.id).padStart(4)}  ${one.operation.padEnd(28)} ${one.kind.padEnd(22)} ${strikes(one)}; struck ${one.struck}${place}`);
  }
  print(`${left.length} queued, ${hanging} calls hang`);
}

/** How often, how likely and how long a fault strikes: `3 times, 20 % of calls (seed 7), until 10:00:30 of the virtual clock`. */
export function strikes({ left, probability, seed, endsAtMs }: Pick<Fault, 'left' | 'probability' | 'seed' | 'endsAtMs'>): string {
  const words: string[] = [];
  if (left > 0) words.push(left === 1 ? 'once' : `${left} times`);
  if (probability !== undefined) words.push(`${Number((probability * 100).toPrecision(6))} % of calls (seed ${seed})`);
  if (endsAtMs !== undefined) words.push(`until ${new Date(endsAtMs).toISOString().slice(11, 19)} of the virtual clock`);
  else if (left < 0) words.push('until cleared');
  return words.join(', ');
}

function timesOption(value: string | undefined): number | undefined {
  const times = value === 'until-cleared' ? -1 : numberOption('--times', value);
  if (times === undefined || times === -1 || (Number.isInteger(times) && times > 0)) return times;
  throw new Error(`--times must be a whole number above 0 or until-cleared, not ${value}`);
}
