// `emulator access-key`: keys and endpoints as shell exports, so that `eval` points an SDK or the aws command here.
import { parseArgs } from 'node:util';
import { given } from '../given.ts';
import { chosenServer, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, account: { type: 'string' }, user: { type: 'string' } } as const;

export async function accessKey(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  if (values.account === undefined) throw new Error('access-key needs --account');
  const server = chosenServer(values.url);
  const key = await server.createAccessKey(given({ account: values.account, user: values.user }));
  print(`export AWS_ACCESS_KEY_ID=${key.accessKeyId}`);
  print(`export AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`);
  print('unset AWS_SESSION_TOKEN');
  print(`export AWS_ENDPOINT_URL_ACM_PCA=${server.url} AWS_ENDPOINT_URL_STS=${server.url} AWS_EC2_METADATA_DISABLED=true`);
}
