// `emulator fault` and `emulator faults`: trouble to order, to list and to end.
import { parseArgs } from 'node:util';
import { faultKinds, isFaultKind } from '../faults/fault-kinds.ts';
import { given } from '../given.ts';
import { chosenServer, numberOption, print, urlOption } from './server-choice.ts';

const faultOptions = {
  ...urlOption,
  times: { type: 'string' },
  ca: { type: 'string' },
  'delay-ms': { type: 'string' },
  status: { type: 'string' },
  body: { type: 'string' },
} as const;

export async function fault(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: faultOptions, allowPositionals: true });
  const [operation, kind] = positionals;
  if (operation === undefined || kind === undefined) throw new Error('fault needs OPERATION and KIND');
  if (!isFaultKind(kind)) throw new Error(`there is no fault ${kind}; known are ${faultKinds.join(', ')}`);
  const times = values.times === 'until-cleared' ? -1 : numberOption('--times', values.times);
  const body: unknown = values.body === undefined ? undefined : JSON.parse(values.body);
  const order = given({ times, ca: values.ca, delayMs: numberOption('--delay-ms', values['delay-ms']), status: numberOption('--status', values.status) });
  const queued = await chosenServer(values.url).fault({ operation, kind, ...order, ...(body === undefined ? {} : { body }) });
  print(`fault ${queued.id} is queued: ${kind} for ${operation}, ${strikes(queued.left)}`);
}

const faultsOptions = { ...urlOption, clear: { type: 'boolean' }, release: { type: 'boolean' }, operation: { type: 'string' }, ca: { type: 'string' } } as const;

export async function faults(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: faultsOptions });
  const server = chosenServer(values.url);
  const filter = given({ operation: values.operation, ca: values.ca });
  if (values.release) print(`let go: ${await server.releaseHanging(filter)}`);
  if (values.clear) await server.clearFaults(filter);
  const { faults: left, hanging } = await server.faults();
  for (const one of left) print(`${one.id}  ${one.operation}  ${one.kind}  ${strikes(one.left)}${one.ca === undefined ? '' : `  ${one.ca}`}`);
  print(`${left.length} queued, ${hanging} calls hang`);
}

function strikes(left: number): string {
  if (left < 0) return 'until cleared';
  return left === 1 ? 'once' : `${left} times`;
}
