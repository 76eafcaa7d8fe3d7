// Which packages does the bundle really hold? What esbuild put into it says so, not what is installed.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As package.json says it: an SPDX identifier or expression; undefined where it says nothing. */
  readonly licence: string | undefined;
  /** What its files say of licence and copyright, in the order of their names. */
  readonly texts: readonly string[];
  /** As package-lock.json has it: `sha512-<base64>`. */
  readonly integrity: string | undefined;
}

/** @returns the folders of packages, from the top of the checkout, that gave at least a byte to the bundle. */
export function packageFolders({ outputs }: Pick<Metafile, 'outputs'>): readonly string[] {
  const folders = new Set<string>();
  for (const { entryPoint, inputs } of Object.values(outputs)) {
    if (entryPoint === undefined) continue;
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].toSorted();
}

/** @returns each package once, though several copies of one version may be installed; by name, then version. */
export async function readPackages(root: string, folders: readonly string[]): Promise<readonly BundledPackage[]> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { integrity?: string }> };
  const found = new Map<string, BundledPackage>();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string };
    const key = `${name}@${version}`;
    if (!found.has(key)) found.set(key, { name, version, licence: license, texts: await readTexts(join(root, folder)), integrity: lock.packages[folder]?.integrity });
  }
  return [...found.keys()].toSorted().flatMap((key) => found.get(key) ?? []);
}

async function readTexts(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)(\.|-|$)/i.test(name)).toSorted();
  return Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n').trim()));
}
