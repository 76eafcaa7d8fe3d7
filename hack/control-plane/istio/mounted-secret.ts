// How does a Secret look to a process that has it mounted, and how does it change under its eyes?
import { mkdir, mkdtemp, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A Secret as the API server gives it: base64 under `data`. */
export interface SecretData {
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/**
 * Writes a Secret into a folder the way kubelet does: each key is a link through `..data`, and `..data` is a link to a
 * fresh folder that is swapped in one step, so that nobody ever sees half of an update. Called again it is an update.
 */
export async function mountSecret(folder: string, { data = {} }: SecretData): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const version = await mkdtemp(join(folder, '..version-'));
  for (const [key, value] of Object.entries(data)) {
    await writeFile(join(version, key), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
  const current = join(folder, '..data');
  const before = await readlink(current).catch(() => undefined);
  await symlink(basename(version), join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), current);
  for (const key of Object.keys(data)) {
    await symlink(join('..data', key), join(folder, key)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (before !== undefined) await rm(join(folder, before), { recursive: true, force: true });
}
