// Where do the binaries of a control plane come from? Each is built once, by its users' own Go, into a cache that every checkout shares.
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheKey } from './build/cache-key.ts';
import { lockFile } from './build/file-lock.ts';
import { go, requireGo } from './build/go-toolchain.ts';
import { identify } from './build/process-identity.ts';
import { programs, type Program } from './program-table.ts';
import { silent, type Progress } from './progress.ts';

export type ProgramName = keyof typeof programs;

export const programNames = Object.keys(programs) as readonly ProgramName[];

/** @returns such as `1.36.3`. */
export function programVersion(name: ProgramName): string {
  return programs[name].version;
}

export interface ProgramOptions {
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds a program, or finds it in the cache (`$XDG_CACHE_HOME/pca-issuer`, else `~/.cache/pca-issuer`).
 * @returns the path of the binary; the files that belong to it lie beside it.
 * @throws Error with one sentence when Go is missing or too old, or with go's last words when the build fails.
 */
export async function program(name: ProgramName, { progress = silent, signal }: ProgramOptions = {}): Promise<string> {
  const { key, binary } = await locate(name);
  if (await exists(binary)) {
    progress.begin(name).end('cached');
    return binary;
  }
  await requireGo();
  const step = progress.begin(name);
  const since = Date.now();
  let outcome = 'failed';
  const release = await lockFile(join(cacheFolder(), `${key}.lock`), {
    signal,
    onWait: (pid) => progress.say(`  ${name} is being built by process ${pid}, which is waited for`),
  });
  try {
    if (!(await exists(binary))) await build(name, key, signal);
    outcome = `built in ${Math.round((Date.now() - since) / 1000)} s`;
    return binary;
  } finally {
    step.end(outcome);
    await release();
  }
}

/** Makes several programs ready, one after the other (a Go build uses all cores), and says before how long that takes. */
export async function ensurePrograms<Name extends ProgramName>(names: readonly Name[], options: ProgramOptions = {}): Promise<Record<Name, string>> {
  const missing: Name[] = [];
  for (const name of names) if (!(await exists((await locate(name)).binary))) missing.push(name);
  if (missing.length > 0) {
    await requireGo();
    options.progress?.say(buildPromise(missing));
  }
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) paths[name] = await program(name, options);
  return paths as Record<Name, string>;
}

/** @returns how many seconds a build of those that are missing here takes on 2 cores with cold caches. */
export async function secondsToBuild(names: readonly ProgramName[]): Promise<number> {
  let seconds = 0;
  for (const name of new Set(names)) if (!(await exists((await locate(name)).binary))) seconds += programs[name].coldSeconds;
  return seconds;
}

/** @returns the sentence that says how long a first build of these programs takes on 2 cores. */
export function buildPromise(names: readonly ProgramName[]): string {
  const seconds = names.reduce((sum, name) => sum + programs[name].coldSeconds, 0);
  const time = seconds < 90 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`;
  return `Building ${names.join(', ')}: about ${time} the first time on 2 cores, nothing after that.`;
}

async function build(name: ProgramName, key: string, signal: AbortSignal | undefined): Promise<void> {
  const { module, package: what, linked = {}, tags = [], files = {}, versions }: Program = programs[name];
  const source = sourceFolder(module);
  const modfile = versions === undefined ? [] : [`-modfile=${join(sourceFolder(versions), 'go.mod')}`];
  await removeUnfinished(key);
  const unfinished = join(cacheFolder(), unfinishedName(key));
  try {
    await mkdir(unfinished, { recursive: true });
    await go(source, ['build', ...modfile, ...buildFlags(linked, tags), '-o', join(unfinished, name), what], signal);
    for (const [as, from] of Object.entries(files)) {
      const root = (await go(source, ['list', ...modfile, '-m', '-f', '{{.Dir}}', from.module], signal)).trim();
      await cp(join(root, from.path), join(unfinished, as), { recursive: true });
      await makeWritable(join(unfinished, as)); // the module cache is read-only, what is in ours can be deleted
    }
    await rename(unfinished, join(cacheFolder(), key));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // The lock saves work and no more (file-lock.ts): who is second finds what the first one made.
    if (!(await exists(join(cacheFolder(), key, name)))) throw error;
  }
}

/** Of one process, so that no other one takes it away. */
function unfinishedName(key: string): string {
  const { pid, startTime } = identify(process.pid) ?? { pid: process.pid, startTime: '0' };
  return `${key}.unfinished-${pid}-${startTime}`;
}

/** What was left by builds that died. */
async function removeUnfinished(key: string): Promise<void> {
  for (const entry of await readdir(cacheFolder()).catch(() => [])) {
    if (!entry.startsWith(`${key}.unfinished`)) continue;
    const [, pid = 0, startTime] = /-(\d+)-(\d+)$/.exec(entry) ?? [];
    if (identify(Number(pid))?.startTime !== startTime || startTime === undefined) await rm(join(cacheFolder(), entry), { recursive: true, force: true });
  }
}

async function locate(name: ProgramName): Promise<{ readonly key: string; readonly binary: string }> {
  const { version, module, package: what, linked = {}, tags = [], files = {}, versions }: Program = programs[name];
  const key = cacheKey({
    name,
    version,
    flags: [what, ...buildFlags(linked, tags), JSON.stringify(files)],
    platform: `${process.platform}-${process.arch}`,
    files: { ...(await readSources(sourceFolder(module))), ...(versions === undefined ? {} : prefixed('versions', await readSources(sourceFolder(versions)))) },
  });
  return { key, binary: join(cacheFolder(), key, name) };
}

function buildFlags(linked: Readonly<Record<string, string>>, tags: readonly string[]): readonly string[] {
  const settings = Object.entries(linked).map(([variable, value]) => `-X ${variable}=${value}`);
  const tagged = tags.length === 0 ? [] : ['-tags', tags.join(',')];
  return ['-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...settings].join(' '), ...tagged];
}

function prefixed<T>(prefix: string, entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${prefix}/${name}`, value]));
}

function sourceFolder(module: string): string {
  return fileURLToPath(new URL(module, import.meta.url));
}

/** What every checkout of this user shares. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pca-issuer', 'programs');
}

async function readSources(folder: string): Promise<Record<string, Uint8Array>> {
  const sources: Record<string, Uint8Array> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('_test.go') || !/\.go$|^go\.(mod|sum)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    sources[path.slice(folder.length)] = await readFile(path);
  }
  return sources;
}

async function makeWritable(path: string): Promise<void> {
  await chmod(path, 0o755);
  const inside = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of inside) await chmod(join(entry.parentPath, entry.name), 0o755);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

/** @returns the path of a file that was kept beside a program's binary (`files` in the table). */
export function besideProgram(binary: string, file: string): string {
  return join(dirname(binary), file);
}
