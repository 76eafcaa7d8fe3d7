// `emulator ca`: shows a CA, or changes its state first.
import { parseArgs } from 'node:util';
import type { AuthorityChange } from '../admin-client.ts';
import { given } from '../given.ts';
import { chosenServer, numberOption, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, status: { type: 'string' }, 'signing-ms': { type: 'string' }, 'certificate-quota': { type: 'string' }, 'chain-format': { type: 'string' } } as const;

export async function authority(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [arn] = positionals;
  if (arn === undefined) throw new Error('ca needs the ARN of a CA');
  // The server knows which words it takes, and says so.
  const change = given({
    arn,
    status: values.status,
    signingMs: numberOption('--signing-ms', values['signing-ms']),
    certificateQuota: numberOption('--certificate-quota', values['certificate-quota']),
    chainFormat: values['chain-format'],
  });
  print(JSON.stringify(await chosenServer(values.url).changeAuthority(change as AuthorityChange), undefined, 2));
}
