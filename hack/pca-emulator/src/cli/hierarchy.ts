// `emulator hierarchy`: a root and the CAs under it, from one line.
import { parseArgs } from 'node:util';
import type { HierarchyTier } from '../admin-client.ts';
import { isKeyAlgorithm, keyAlgorithms } from '../certificates/key-algorithm.ts';
import { chosenServer, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, account: { type: 'string' }, region: { type: 'string' }, tier: { type: 'string', multiple: true } } as const;

export async function hierarchy(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name] = positionals;
  const { account, region, tier = [] } = values;
  if (name === undefined || account === undefined || region === undefined) throw new Error('hierarchy needs NAME, --account and --region');
  const server = chosenServer(values.url);
  const { authorities } = await server.createHierarchy({ name, account, region, tiers: tier.map(readTier) });
  for (const { tier: tierName, type, keyAlgorithm, arn } of authorities) print(`${tierName}  ${type}  ${keyAlgorithm}\n  ${arn}`);
}

/**
 * Reads NAME:KEY[:OPTION=VALUE…].
 * @throws Error when the key is not one that a CA can have
 */
export function readTier(text: string): HierarchyTier {
  const [name = '', keyAlgorithm = '', ...rest] = text.split(':');
  if (!isKeyAlgorithm(keyAlgorithm)) throw new Error(`the tier ${text} needs a key: NAME:KEY with KEY one of ${keyAlgorithms.join(', ')}`);
  const settings = rest.map((option) => {
    const [key = '', value = ''] = option.split('=');
    return [key, key === 'external' ? value !== 'false' : /^\d+$/.test(value) ? Number(value) : value] as const;
  });
  return { name, keyAlgorithm, ...Object.fromEntries(settings) };
}
