// How does a Secret look to a process that has it mounted, and how does it change under its eyes?
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A Secret as the API server gives it: base64 under `data`. */
export interface SecretData {
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/**
 * Writes a Secret into a folder the way kubelet does: each key is a link through `..data`, and `..data` is a link to a
 * fresh folder (beside this one) that is swapped in one step, so that nobody ever sees half of an update. Called again it is an update, which
 * takes away the keys that are gone; without data it is what an optional Secret looks like that does not exist.
 */
export async function mountSecret(folder: string, { data = {} }: SecretData = {}): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const current = join(folder, '..data');
  const before = await readlink(current).catch(() => undefined);
  const linked = new Set((await readdir(folder)).filter((name) => !name.startsWith('..')));
  const made = await mkdtemp(`${folder}-`);
  for (const [key, value] of Object.entries(data)) {
    await writeFile(join(made, key), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
  // Who watches sees the swap and nothing before it: istiod reads 100 ms after the first change that it sees, and on a busy machine that would
  // be the old files, which it then says to have taken.
  symlinkSync(made, `${made}.link`);
  renameSync(`${made}.link`, current);
  for (const key of Object.keys(data)) if (!linked.delete(key)) symlinkSync(join('..data', key), join(folder, key));
  for (const key of linked) rmSync(join(folder, key));
  if (before !== undefined) await rm(before, { recursive: true, force: true });
}
