// How does the bundle start without being compiled anew each time? Node keeps the compiled code in a folder beside it.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFlags } from './node-flags.ts';

const run = promisify(execFile);

/**
 * Fills the folder by running the bundle once, as the Dockerfile does for the image, unless it is newer than the bundle.
 * Node takes from it only what fits its version, its user and the bundle's bytes: at worst everything is compiled.
 * @returns the environment that makes node use it.
 */
export async function makeCompileCache(bundle: string): Promise<{ readonly NODE_COMPILE_CACHE: string }> {
  const folder = join(dirname(bundle), 'compile-cache');
  const [made, built] = await Promise.all([changedAt(folder), changedAt(bundle)]);
  if (made <= built) {
    // Others may be at the same: whoever comes last finds one that is as good.
    const unfinished = `${folder}.${randomUUID()}.new`;
    await run(process.execPath, [...nodeFlags, bundle, 'version'], { env: { ...process.env, NODE_COMPILE_CACHE: unfinished } });
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  return { NODE_COMPILE_CACHE: folder };
}

async function changedAt(path: string): Promise<number> {
  return await stat(path).then(({ mtimeMs }) => mtimeMs, () => 0);
}
