// How does a checkout become an image? dist, a base, the Dockerfile; with whatever engine is here.
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildDist } from '../build/build.ts';
import { lockFile } from '../control-plane/build/file-lock.ts';
import { cacheFolder } from '../control-plane/programs.ts';
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
  const revised = { DIST: 'prebuilt', VERSION: version, REVISION: await revision() };
  const buildUpon = async (from?: string): Promise<string> => {
    const own = from === 'own' ? await timed(progress, 'base of node and Debian', () => ownBase(engine, signal)) : undefined;
    const buildArgs = { ...revised, ...(from !== undefined && { BASE: own ?? from }) };
    await timed(progress, `image by ${engine}`, () => buildWith(engine, { tag: name, context: root, buildArgs, offline: own !== undefined }, signal));
    return own ?? from ?? 'the Dockerfile\'s';
  };
  // A registry may answer, and then not give what it has, or not to its end.
  const orOwn = (error: Error): Promise<string> => {
    if (signal?.aborted === true) throw error;
    progress.say(`  Not upon the Dockerfile's base: ${error.message}`);
    return buildUpon('own');
  };
  // The tag is another checkout's as well: what is saved has to be what was built here.
  const release = await lockFile(join(cacheFolder(), 'image.lock'), { signal, onWait: (pid) => progress.say(`  process ${pid} makes an image, and is waited for`) });
  try {
    const used = base === undefined && (await registryAnswers(signal)) ? await buildUpon().catch(orOwn) : await buildUpon(base ?? 'own');
    if (archive !== undefined) {
      await rm(archive, { force: true }); // an archive is never added to
      await timed(progress, 'archive', () => runEngine(saveCommand(engine, name, archive), signal));
    }
    return { engine, tag: name, base: used, size: await runEngine(sizeCommand(engine, name), signal) };
  } finally {
    await release();
  }
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
