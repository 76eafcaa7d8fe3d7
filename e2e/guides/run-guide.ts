// Does a guide work as it stands? Types its commands into a shell, one block after the other, and holds what they print against the page.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blocksOf } from '../../hack/docs/markdown.ts';
import { missingLine } from '../../hack/docs/seen-lines.ts';
import { typeBlock } from '../../hack/docs/typed-block.ts';

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
 * Types every `bash` block, in order, into one shell's worth of state. A `text` block right after one is what should be seen.
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
      const output = await typeBlock(inserted(text, facts), { scratch, cwd: root, environment });
      const shown = blocks[index + 1];
      const missing = shown?.language === 'text' ? missingLine(shown.text, output) : undefined;
      if (missing !== undefined) assert.fail(`${guide}: ${text}\nis said to print "${missing}", but printed:\n${output}`);
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
