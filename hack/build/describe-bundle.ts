// What lies beside the bundle so that people and scanners know what is in it?
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPackages } from './bundled-packages.ts';
import type { Bundle } from './build.ts';
import { notices } from './notices.ts';
import { sbom } from './sbom.ts';

/** Writes `pca-issuer.cdx.json` (CycloneDX) and `THIRD_PARTY_NOTICES`. @returns the SHA-256 of the bundle. */
export async function describeBundle(root: string, { file, version, packageFolders }: Bundle): Promise<string> {
  const [packages, bytes] = await Promise.all([readPackages(root, packageFolders), readFile(file)]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(dirname(file), 'pca-issuer.cdx.json'), sbom({ version, sha256, packages }));
  await writeFile(join(dirname(file), 'THIRD_PARTY_NOTICES'), notices(packages));
  return sha256;
}
