// Is there a Go that can build our programs, and how is it called?
import { execFile, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Unavailable } from '../../test/unavailable.ts';

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

/** @throws Unavailable with one sentence when Go is missing or too old. Asks once per process. */
export function requireGo(): Promise<void> {
  checked ??= checkGo();
  return checked;
}

async function checkGo(): Promise<void> {
  const answer = await run('go', ['version'], { env: { ...process.env, ...goEnvironment } }).catch(() => ({ stdout: '' }));
  const complaint = judgeGoVersion(answer.stdout);
  if (complaint !== undefined) throw new Unavailable(complaint);
}

/** What go says, beside the address, of a mirror or the way to it that fails just now: it asks once. A module that is not there (404, 410) stays away. */
const passing = [
  /: (unexpected )?EOF$/, /: (408|429|5\d\d) /, /i\/o timeout|timeout awaiting|handshake timeout|deadline exceeded/i, /no such host|server misbehaving|temporary failure|could not resolve/i,
  /connection (reset|refused|timed out)|broken pipe|network is unreachable|no route to host/i, /http2: |stream error: /,
];

/** What becomes of a go that failed: `again` may be better in a while, `full` is the disk, `wrong` are sources or versions. */
export function judgeGoFailure(complaints: string): 'again' | 'full' | 'wrong' {
  if (/no space left on device|disk quota exceeded/i.test(complaints)) return 'full';
  return complaints.split('\n').some((line) => /https?:\/\//.test(line) && passing.some((each) => each.test(line))) ? 'again' : 'wrong';
}

const pausesMs = [1_000, 5_000, 20_000];

/**
 * Runs `go` in a module's folder, and again where modules could not be fetched; what was fetched is kept.
 * @returns its output.
 * @throws Error with the last lines that go wrote, Unavailable where the network or the disk is to blame, or the signal's reason.
 */
export async function go(directory: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const { code, output, complaints } = await runGo(directory, args, signal);
    if (code === 0) return output;
    const kind = judgeGoFailure(complaints);
    const pauseMs = pausesMs[attempt];
    if (kind === 'again' && pauseMs !== undefined) {
      await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
      continue;
    }
    const last = complaints.trimEnd().split('\n');
    if (kind === 'again') throw new Unavailable(`go cannot fetch the modules of ${directory}, tried ${attempt + 1} times: ${last.at(-1)}`);
    if (kind === 'full') throw new Unavailable(`There is no room for what go builds in ${directory}: ${last.at(-1)}`);
    throw new Error(`go ${args[0]} in ${directory} failed:\n${last.slice(-15).join('\n')}`);
  }
}

interface GoEnd {
  readonly code: number | null;
  readonly output: string;
  readonly complaints: string;
}

async function runGo(directory: string, args: readonly string[], signal: AbortSignal | undefined): Promise<GoEnd> {
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
  return { code, output, complaints };
}
