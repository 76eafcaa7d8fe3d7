import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { typeBlock, type Shell } from './typed-block.ts';

let shell: Shell;
before(async () => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'typed-block-'));
  shell = { scratch, cwd: scratch, environment: { PATH: process.env['PATH'] } };
});
after(() => rm(shell.scratch, { recursive: true }));

test('exported variables, functions and the folder carry over to the next block, and both outputs are seen', async () => {
  assert.equal(await typeBlock('mkdir -p below; cd below\nexport NAME=one\ngreet() { echo "hello $1"; }\necho told >&2', shell), 'told\n');
  assert.equal(await typeBlock('greet $NAME; basename "$PWD"', shell), 'hello one\nbelow\n');
});

test('a command that fails ends its block, wherever it stands, and what was printed is told', async () => {
  const blocks = [
    'echo first\nfalse\necho last',
    'echo first\nfor each in a b; do false; echo $each; done',
    'echo first\nfalse | cat\necho last',
    'echo first\nwanted=$(false; echo last)\necho last',
    'echo first\ncheck() { false; echo last; }\ncheck',
    'echo first\necho "$NOBODY_SET_THIS"',
    'echo first\nexit 0\necho last',
    'echo first\nno-such-program',
  ];
  for (const block of blocks) await assert.rejects(typeBlock(block, shell), /failed \(.+\) after printing:\nfirst\n(?!last|a)/, block);
});

test('a block that failed leaves what carries over as it was', async () => {
  await typeBlock('export NAME=one', shell);
  await assert.rejects(typeBlock('export NAME=two\nfalse', shell));
  assert.equal(await typeBlock('echo $NAME', shell), 'one\n');
});
