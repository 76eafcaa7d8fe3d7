import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withTypedBlocks } from './typed-blocks.ts';

const index = '| You want | Guide | Time | Typed |\n|---|---|---|---|\n| one | [a.md](a.md) | 5 min | 9 of 9 blocks |\n| two | [b.md](b.md) | 1 h | by hand |\n';

test('a guide that is typed says how many of its blocks are, and the others say what they said', () => {
  const page = '```bash\nls\n```\n\n```bash\n# needs: pods\nls\n```\n\n```yaml\na: 1\n```\n';
  assert.equal(withTypedBlocks(index, new Map([['a.md', page]])), index.replace('9 of 9', '1 of 2'));
  assert.equal(withTypedBlocks(index, new Map([['a.md', '```bash\nls\n```\n']])), index.replace('9 of 9', 'all 1'));
  assert.equal(withTypedBlocks(index, new Map()), index);
});
