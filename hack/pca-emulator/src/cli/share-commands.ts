// `emulator share` and `emulator shares`: which accounts may use a CA.
import { parseArgs } from 'node:util';
import type { ManagedPermission } from '../admin-client.ts';
import { chosenServer, print, urlOption } from './server-choice.ts';

const shareOptions = { ...urlOption, account: { type: 'string' }, permission: { type: 'string', multiple: true } } as const;
const sharesOptions = { ...urlOption, remove: { type: 'string' }, 'remove-all': { type: 'boolean' } } as const;

export async function share(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: shareOptions, allowPositionals: true });
  const [ca] = positionals;
  if (ca === undefined || values.account === undefined) throw new Error('share needs the ARN of a CA and --account');
  // The server knows the names of the permissions, and says so.
  const permissions = values.permission as ManagedPermission[] | undefined;
  print(JSON.stringify(await chosenServer(values.url).createShare({ ca, account: values.account, ...(permissions === undefined ? {} : { permissions }) }), undefined, 2));
}

export async function shares(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: sharesOptions });
  const server = chosenServer(values.url);
  if (values.remove !== undefined || values['remove-all']) await server.removeShare(values.remove);
  print(JSON.stringify(await server.shares(), undefined, 2));
}
