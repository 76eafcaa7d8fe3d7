// `emulator status`: how things stand, on one screen.
import { parseArgs } from 'node:util';
import { countersLine } from './journal-command.ts';
import { chosenServer, print, urlOption } from './server-choice.ts';

export async function status(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { ...urlOption, json: { type: 'boolean' } } });
  const server = chosenServer(values.url);
  const now = await server.status();
  if (values.json) {
    print(JSON.stringify(now));
    return;
  }
  print(`${server.url}  ${now.notice}`);
  print(`virtual time ${now.clock.virtualTime} (${now.clock.offsetMs} ms from the machine's)`);
  for (const { name, status: state, notAfter, arn } of now.authorities) print(`  ${name.padEnd(28)} ${state.padEnd(20)} until ${notAfter.slice(0, 10)}  ${arn}`);
  print(`${now.faults} faults queued, ${now.hanging} calls hang`);
  print(countersLine(now.counters));
}
