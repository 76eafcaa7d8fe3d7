// Which cached binary belongs to these sources? The key changes with everything that the build depends on.
import { createHash } from 'node:crypto';

export interface BuildInputs {
  readonly name: string;
  readonly version: string;
  /** what go build gets: package, ldflags, tags */
  readonly flags: readonly string[];
  /** operating system and processor, as Node names them: `linux-x64` */
  readonly platform: string;
  /** go.mod, go.sum and sources, path to content */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

/** @returns `<name>-<version>-<12 hex digits>`, fit for a folder's name; the order of files does not matter. */
export function cacheKey({ name, version, flags, platform, files }: BuildInputs): string {
  const hash = createHash('sha256');
  const add = (part: string | Uint8Array) => hash.update(`${part.length}:`).update(part);
  for (const part of [name, version, platform, String(flags.length), ...flags]) add(part);
  for (const path of Object.keys(files).toSorted()) {
    add(path);
    add(files[path] ?? '');
  }
  return `${name}-${version}-${hash.digest('hex').slice(0, 12)}`;
}
