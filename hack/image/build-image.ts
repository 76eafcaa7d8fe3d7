// How does a checkout become an image? dist, a base, the Dockerfile; with whatever engine is here.
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildDist } from '../build/build.ts';
import { timed, type Progress } from '../control-plane/progress.ts';
import { buildWith, findEngine, hasImage, runEngine, saveCommand, sizeCommand, type EngineName } from './engine.ts';
import { baseKey, layOutBase } from './own-base.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

export interface ImageOptions {
  /** `pca-issuer:VERSION` unless told, which is what the chart asks for. */
  readonly tag?: string | undefined;
  /** An image to build upon, or `own`. Unless told: the Dockerfile's where its registry answers, else our own. */
  readonly base?: string | undefined;
  /** Where to write the image as a file as well. */
  readonly archive?: string | undefined;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltImage {
  readonly engine: EngineName;
  readonly tag: string;
  readonly base: string;
  /** As the engine says it: bytes, or a number with its unit. */
  readonly size: string;
}

/** Builds dist and the image. @throws Error with one sentence, or the engine's last lines */
export async function buildImage({ tag, base, archive, progress, signal }: ImageOptions): Promise<BuiltImage> {
  const engine = await findEngine({ progress, signal });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const name = tag ?? `pca-issuer:${version}`;
  await timed(progress, 'bundle', buildDist);
  const chosen = base ?? ((await registryAnswers(signal)) ? undefined : 'own');
  const own = chosen === 'own' ? await timed(progress, 'base of node and Debian', () => ownBase(engine, signal)) : undefined;
  const from = own ?? chosen;
  const buildArgs = { DIST: 'prebuilt', VERSION: version, REVISION: await revision(), ...(from === undefined ? {} : { BASE: from }) };
  await timed(progress, `image by ${engine}`, () => buildWith(engine, { tag: name, context: root, buildArgs, offline: own !== undefined }, signal));
  if (archive !== undefined) {
    await rm(archive, { force: true }); // an archive is never added to
    await timed(progress, 'archive', () => runEngine(saveCommand(engine, name, archive), signal));
  }
  return { engine, tag: name, base: from ?? 'the Dockerfile\'s', size: await runEngine(sizeCommand(engine, name), signal) };
}

/** Made once for each version of what is in it. @returns its tag. */
async function ownBase(engine: EngineName, signal: AbortSignal | undefined): Promise<string> {
  const tag = `localhost/pca-issuer-base:node-${process.versions.node}-${process.arch}-${await baseKey(signal)}`;
  if (await hasImage(engine, tag)) return tag;
  const context = await layOutBase(process.execPath, signal);
  try {
    await buildWith(engine, { tag, context, buildArgs: {}, offline: true }, signal);
    return tag;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Whether the registry of the Dockerfile's base is there, and not a proxy that says no in its place. */
async function registryAnswers(signal: AbortSignal | undefined): Promise<boolean> {
  const timeout = AbortSignal.timeout(5000);
  return fetch('https://gcr.io/v2/', { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) }).then(
    ({ headers }) => headers.get('docker-distribution-api-version') !== null,
    () => false,
  );
}

async function revision(): Promise<string> {
  return run('git', ['rev-parse', 'HEAD'], { cwd: root }).then(({ stdout }) => stdout.trim(), () => '');
}
