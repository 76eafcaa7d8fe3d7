// `emulator settings`: reads the settings, or changes some first.
import { parseArgs } from 'node:util';
import { chosenServer, print, urlOption } from './server-choice.ts';

export async function settings(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: urlOption, allowPositionals: true });
  const change = positionals.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new Error(`${text} is not NAME=VALUE`);
    return [text.slice(0, at), jsonOrText(text.slice(at + 1))] as const;
  });
  const server = chosenServer(values.url);
  print(JSON.stringify(await server.settings(change.length === 0 ? undefined : Object.fromEntries(change)), undefined, 2));
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
