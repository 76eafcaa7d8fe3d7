// Does a guide work as it stands? Types its commands into a shell, one block after the other, and holds what they print against the page.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { blocksOf, type Block } from '../../hack/docs/markdown.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');

/** What a block may need that no test has; its first line says so: `# needs: pods`. */
export const needs = ['pods', 'Tetrate Service Express', 'Tetrate Service Bridge', 'Gloo Mesh', 'AWS', 'ambient'] as const;

export interface GuideRun {
  /** File under docs/guides. */
  readonly guide: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What stands in the page for a fact of its reader: an ARN, an address. */
  readonly facts: Readonly<Record<string, string>>;
  /** Called after each block that was typed, with what it printed. */
  readonly after?: ((command: string, output: string) => Promise<void>) | undefined;
  /** Called in place of a block that is not typed: what would have happened then, such as workloads that get new certificates. */
  readonly instead?: ((need: string, command: string) => Promise<void>) | undefined;
}

/**
 * Types every `bash` block, in order, into one shell's worth of state: variables that are exported, functions and the folder carry over. A `text` block
 * right after one is what should be seen: its lines come in that order, `…` stands for anything.
 * @returns the blocks that were not typed, since they need what no test has.
 * @throws AssertionError that shows the block and what it printed
 */
export async function runGuide({ guide, environment, facts, after, instead }: GuideRun): Promise<readonly string[]> {
  const blocks = blocksOf(await readFile(path.join(root, 'docs/guides', guide), 'utf8'));
  const scratch = await mkdtemp(path.join(tmpdir(), 'pca-issuer-guide-'));
  const skipped: string[] = [];
  try {
    for (const [index, { language, text }] of blocks.entries()) {
      if (language !== 'bash') continue;
      const need = /^# needs: (.+)/.exec(text)?.[1];
      if (need !== undefined) {
        assert.ok((needs as readonly string[]).includes(need), `${guide}: nobody knows how to do without "${need}"`);
        skipped.push(text);
        await instead?.(need, text);
        continue;
      }
      const output = await type(inserted(text, facts), scratch, environment);
      assertSeen(`${guide}: ${text}`, output, blocks[index + 1]);
      await after?.(text, output);
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
  return skipped;
}

function inserted(text: string, facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts).reduce((done, [written, fact]) => done.replaceAll(written, fact), text);
}

/** @returns all that it printed. @throws with that where a command fails */
async function type(commands: string, scratch: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const state = path.join(scratch, 'state');
  const script = `set -eo pipefail; touch ${state}; source ${state}\nexec 2>&1\n${commands}\n{ export -p; declare -f; printf 'cd %q\\n' "$PWD"; } > ${state}`;
  const file = path.join(scratch, 'block.sh');
  await writeFile(file, script);
  try {
    return (await run('bash', [file], { env: environment, cwd: root, timeout: 120_000, maxBuffer: 16 << 20 })).stdout;
  } catch (error) {
    const { stdout = '', message } = error as Error & { readonly stdout?: string };
    throw new assert.AssertionError({ message: `${commands}\nfailed (${message.split('\n')[0]}) after printing:\n${stdout}` });
  }
}

function assertSeen(what: string, output: string, next: Block | undefined): void {
  if (next?.language !== 'text') return;
  const seen = output.split('\n');
  let from = 0;
  for (const line of next.text.split('\n').filter((each) => each.trim() !== '')) {
    const pattern = new RegExp(line.trim().split('…').map((part) => RegExp.escape(part.trim()).replaceAll(/(?:\\x20| )+/g, '\\s+')).join('.*'));
    const at = seen.findIndex((each, index) => index >= from && pattern.test(each));
    assert.notEqual(at, -1, `${what}\nis said to print "${line}", but printed:\n${output}`);
    from = at + 1;
  }
}
