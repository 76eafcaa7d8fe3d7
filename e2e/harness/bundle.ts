// The bundle, as the image runs it, for questions about the process itself.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../../hack/build/build.ts';

export interface BundleRun {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: { out: string; err: string };
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when stderr contains the text. */
  says(text: string): Promise<void>;
}

let built: Promise<string> | undefined;

/** Builds once per test file, beside the bundle that other scenarios run. */
function bundleFile(): Promise<string> {
  built ??= buildFor(mkdtempSync(path.join(tmpdir(), 'pca-issuer-bundle-')));
  return built;
}

async function buildFor(folder: string): Promise<string> {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return (await build({ file: path.join(folder, 'pca-issuer.mjs') })).file;
}

export function runBundle(...args: readonly string[]): Promise<BundleRun> {
  return runBundleIn(process.env, ...args);
}

/** What it came to, for somebody who has nothing in his environment but this. */
export async function askBundle(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const { output, ended } = await runBundleIn({ PATH: process.env['PATH'], HOME: '/nonexistent', ...environment }, ...args);
  return { code: await ended, ...output };
}

async function runBundleIn(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<BundleRun> {
  const child = spawn(process.execPath, [await bundleFile(), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.err += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    output,
    ended,
    async says(text) {
      while (!output.err.includes(text)) await Promise.race([once(child.stderr, 'data'), ended.then(() => Promise.reject(new Error(output.err)))]);
    },
  };
}
