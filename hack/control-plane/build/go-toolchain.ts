// Is there a Go that can build our programs, and how is it called?
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const needed = { major: 1, minor: 26 };

/** Builds must be the same everywhere: no cgo, no workspace, no toolchain or dependency fetched behind one's back. */
const goEnvironment = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
} as const;

/** @returns undefined when `go version`'s output names a Go that is new enough, else the sentence that says what to do. */
export function judgeGoVersion(output: string): string | undefined {
  const found = /go(\d+)\.(\d+)/.exec(output);
  const major = Number(found?.[1] ?? 0);
  const minor = Number(found?.[2] ?? 0);
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return undefined;
  const what = found === null ? 'Go is not installed' : `Go ${major}.${minor} is too old`;
  return `${what}: install Go ${needed.major}.${needed.minor} or newer (https://go.dev/dl), or use --kubeconfig FILE for a cluster of your own.`;
}

let checked: Promise<void> | undefined;

/** @throws Error with one sentence when Go is missing or too old. Asks once per process. */
export function requireGo(): Promise<void> {
  checked ??= checkGo();
  return checked;
}

async function checkGo(): Promise<void> {
  const answer = await run('go', ['version'], { env: { ...process.env, ...goEnvironment } }).catch(() => ({ stdout: '' }));
  const complaint = judgeGoVersion(answer.stdout);
  if (complaint !== undefined) throw new Error(complaint);
}

/**
 * Runs `go` in a module's folder.
 * @returns its output.
 * @throws Error with the last lines that go wrote, or the signal's reason.
 */
export async function go(directory: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn('go', args, { cwd: directory, env: { ...process.env, ...goEnvironment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill();
  signal?.addEventListener('abort', stop);
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-8000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).finally(() => signal?.removeEventListener('abort', stop));
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new Error(`go ${args[0]} in ${directory} failed:\n${complaints.trimEnd().split('\n').slice(-15).join('\n')}`);
  }
  return output;
}
