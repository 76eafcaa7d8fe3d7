// `emulator role`: makes a role, gives it to a workload, ends its sessions or takes it away.
import { parseArgs } from 'node:util';
import type { Role } from '../admin-client.ts';
import { chosenServer, jsonOption, print, urlOption } from './server-choice.ts';

const options = {
  ...urlOption,
  trust: { type: 'string', multiple: true },
  permission: { type: 'string', multiple: true },
  'pod-identity': { type: 'string' },
  'instance-profile': { type: 'boolean' },
  'end-sessions': { type: 'boolean' },
  delete: { type: 'boolean' },
} as const;

export async function role(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [arn] = positionals;
  if (arn === undefined) throw new Error('role needs the ARN of a role');
  const server = chosenServer(values.url);
  const { trust, permission, 'pod-identity': serviceAccount } = values;
  if (trust !== undefined || permission !== undefined) {
    // The server knows which words it takes, and says so.
    const order = { arn, trust: read('--trust', trust ?? []), ...(permission === undefined ? {} : { permissions: read('--permission', permission) }) };
    print(JSON.stringify(await server.createRole(order as Role), undefined, 2));
  }
  if (serviceAccount !== undefined) {
    const [namespace = '', name = ''] = serviceAccount.split('/');
    if (namespace === '' || name === '') throw new Error(`--pod-identity must be NAMESPACE/SERVICEACCOUNT, not ${serviceAccount}`);
    print(JSON.stringify(await server.associatePodIdentity({ namespace, serviceAccount: name, roleArn: arn }), undefined, 2));
  }
  if (values['instance-profile']) await server.attachInstanceProfile(arn);
  if (values['end-sessions']) print(`${await server.endSessions(arn)} sessions ended`);
  if (values.delete) await server.deleteRole(arn);
}

function read(flag: string, texts: readonly string[]): unknown[] {
  return texts.map((text) => jsonOption(flag, text));
}
