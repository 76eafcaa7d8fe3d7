// The files of aws-privateca-issuer as its Go module ships them: read where they lie, never copied into this repository.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { go } from '../control-plane/build/go-toolchain.ts';

const modulePath = 'github.com/cert-manager/aws-privateca-issuer';

/**
 * Downloads the module, once.
 * @param version such as `v1.12.0`.
 * @returns its folder. A version that asks for a newer Go than ours is unpacked all the same; only its code cannot be built then.
 * @throws Error where the module cannot be had.
 */
export async function peerModule(version: string): Promise<string> {
  const directory = import.meta.dirname;
  const complaint = await go(directory, ['mod', 'download', '-json', `${modulePath}@${version}`]).then(() => undefined, (error: unknown) => error);
  const cache = (await go(directory, ['env', 'GOMODCACHE'])).trim();
  const folder = join(cache, `${modulePath}@${version}`);
  await access(folder).catch((error: unknown) => {
    throw new Error(`${modulePath} ${version} cannot be had`, { cause: complaint ?? error });
  });
  return folder;
}
