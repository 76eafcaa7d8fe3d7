// What does a person ask of `npm run cluster`? Reads arguments, starts nothing.
import { parseArgs, type ParseArgsConfig } from 'node:util';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'up'; readonly name: string; readonly istio: boolean; readonly node: boolean }
  | { readonly kind: 'down'; readonly names: readonly string[] | 'all' }
  | { readonly kind: 'list' }
  | { readonly kind: 'kubectl'; readonly name: string; readonly args: readonly string[] }
  | { readonly kind: 'logs'; readonly name: string; readonly component: string | undefined; readonly follow: boolean };

/** Wrong arguments: the message says which, and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const defaultName = 'default';

/**
 * @param argv  what stands after the program's name
 * @throws UsageError that names the flag or subcommand.
 */
export function parseCommand(argv: readonly string[]): Command {
  const [subcommand = 'help', ...rest] = argv;
  if (rest.includes('--help') && subcommand !== 'kubectl') return { kind: 'help' };
  switch (subcommand) {
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help' };
    case 'up': {
      const { values } = read(subcommand, rest, { name: { type: 'string' }, istio: { type: 'boolean' }, node: { type: 'boolean' } }, 0);
      return { kind: 'up', name: text(values['name']), istio: values['istio'] === true, node: values['node'] === true };
    }
    case 'down': {
      const { values } = read(subcommand, rest, { name: { type: 'string' }, all: { type: 'boolean' } }, 0);
      if (values['all'] === true && values['name'] !== undefined) throw new UsageError('down takes --name or --all, not both.');
      return { kind: 'down', names: values['all'] === true ? 'all' : [text(values['name'])] };
    }
    case 'list':
      read(subcommand, rest, {}, 0);
      return { kind: 'list' };
    case 'kubectl':
      return kubectl(rest);
    case 'logs': {
      const { values, positionals } = read(subcommand, rest, { name: { type: 'string' }, follow: { type: 'boolean', short: 'f' } }, 1);
      return { kind: 'logs', name: text(values['name']), component: positionals[0], follow: values['follow'] === true };
    }
    default:
      throw new UsageError(`there is no subcommand "${subcommand}": use up, down, list, kubectl or logs.`);
  }
}

/** Everything but a leading --name belongs to kubectl, with or without `--` before it. */
function kubectl(rest: readonly string[]): Command {
  const [first = '', second] = rest;
  if (first === '--name' && second === undefined) throw new UsageError('kubectl --name needs a value.');
  const name = first === '--name' ? second : first.startsWith('--name=') ? first.slice('--name='.length) : undefined;
  const after = rest.slice(name === undefined ? 0 : first === '--name' ? 2 : 1);
  return { kind: 'kubectl', name: text(name), args: after[0] === '--' ? after.slice(1) : after };
}

function read(subcommand: string, args: readonly string[], options: NonNullable<ParseArgsConfig['options']>, positionals: number) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const extra = parsed.positionals[positionals];
    if (extra !== undefined) throw new Error(`"${extra}" is one word too many`);
    return parsed;
  } catch (error) {
    const flags = Object.keys(options).map((name) => `--${name}`).join(', ') || 'none';
    // The first sentence of Node's complaint names the flag; what follows it is about positionals.
    const complaint = (error as Error).message.split('. ')[0];
    throw new UsageError(`${subcommand}: ${complaint}. Its flags: ${flags}.`);
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : defaultName;
}
