// With what is an image built here? docker, podman or buildah, whichever is there and works.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureDebianPackages } from '../debian/packages.ts';
import type { Progress } from '../control-plane/progress.ts';
import { Unavailable } from '../test/unavailable.ts';

const run = promisify(execFile);

const engineNames = ['docker', 'podman', 'buildah'] as const;
export type EngineName = (typeof engineNames)[number];

export interface ImageOrder {
  /** such as `localhost/pca-issuer:0.1.0` */
  readonly tag: string;
  /** folder that is sent to the engine, with a Dockerfile in it */
  readonly context: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Everything that it is made from is here already. */
  readonly offline: boolean;
}

/** @returns the words that build the image. */
export function buildCommand(engine: EngineName, { tag, context, buildArgs, offline }: ImageOrder): readonly string[] {
  const args = [...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]), '-t', tag, context];
  switch (engine) {
    case 'docker':
      return ['docker', 'build', ...args];
    case 'podman':
      return ['podman', 'build', '--format=docker', ...(offline ? ['--pull=never'] : []), ...args];
    case 'buildah':
      // chroot: it needs no container runtime, and works inside of a container as well.
      return ['buildah', 'bud', '--isolation=chroot', '--format=docker', ...(offline ? ['--pull-never'] : []), ...args];
  }
}

/** Builds the image. What had its tag before is given up, as far as nothing else is built upon it. @throws Error with the engine's last lines */
export async function buildWith(engine: EngineName, order: ImageOrder, signal?: AbortSignal): Promise<void> {
  const id = () => runEngine([engine, 'images', '--quiet', '--no-trunc', order.tag], signal).catch(() => '');
  const former = await id();
  await runEngine(buildCommand(engine, order), signal);
  if (former !== '' && former !== (await id())) await runEngine([engine, 'rmi', former], signal).catch(() => undefined);
}

/** Whether the engine has an image of this tag. */
export async function hasImage(engine: EngineName, tag: string): Promise<boolean> {
  return runEngine([engine, 'images', '--quiet', tag]).then((id) => id !== '', () => false);
}

/** @returns the words that write the image into a file that `docker load`, `podman load` and `ctr images import` read. */
export function saveCommand(engine: EngineName, tag: string, file: string): readonly string[] {
  switch (engine) {
    case 'docker':
      return ['docker', 'save', '--output', file, tag];
    case 'podman':
    case 'buildah':
      // Their own names begin with localhost/, and a pod's that names no registry with docker.io/library/.
      return [engine, 'push', '--quiet', tag, `docker-archive:${file}:${tag.replace(/^docker\.io\/library\//, '')}`];
  }
}

/** @returns the words that say how many bytes the image has, unpacked. */
export function sizeCommand(engine: EngineName, tag: string): readonly string[] {
  return engine === 'buildah' ? ['buildah', 'images', '--format', '{{.Size}}', tag] : [engine, 'image', 'inspect', '--format', '{{.Size}}', tag];
}

/** Whether it is there and works: a docker without its engine does not. */
async function works(engine: EngineName): Promise<boolean> {
  return run(engine, ['info'], { timeout: 20_000 }).then(() => true, () => false);
}

/** @throws Unavailable with one sentence where there is none and none can be installed. */
export async function findEngine(options: { readonly progress: Progress; readonly signal?: AbortSignal | undefined }): Promise<EngineName> {
  for (const name of engineNames) if (await works(name)) return name;
  try {
    await ensureDebianPackages(['buildah'], options);
  } catch (error) {
    throw new Unavailable(`An image needs docker, podman or buildah, and none of them works here: ${(error as Error).message}`, { cause: error });
  }
  if (!(await works('buildah'))) throw new Unavailable('buildah is installed but does not work: see what `buildah info` says.');
  return 'buildah';
}

/** Runs an engine. @returns its output. @throws Error with its last lines. */
export async function runEngine([command = '', ...args]: readonly string[], signal?: AbortSignal): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let output = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((output += text), (said += text)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args[0]} failed:\n${said.trimEnd().split('\n').slice(-12).join('\n')}`);
  return output.trim();
}
