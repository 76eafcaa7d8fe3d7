import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from './arguments.ts';

function orderOf(...args: readonly string[]) {
  const parsed = parseArguments(args);
  assert.equal(parsed.kind, 'bench', JSON.stringify(parsed));
  return parsed.kind === 'bench' ? parsed.order : undefined;
}

test('without flags everything is measured once, and the report of the repository is written', () => {
  assert.deepEqual(orderOf(), {
    controllers: ['ours', 'peer'], works: ['100', '500', 'steady', 'faults', 'memory'], rounds: 1, out: 'docs/benchmark.md', bundle: undefined,
  });
});

test('a part of it writes no report unless told where', () => {
  assert.equal(orderOf('--only', 'ours')?.out, undefined);
  assert.equal(orderOf('--work', 'memory,100', '--rounds=3')?.out, undefined);
  assert.equal(orderOf('--work', '100', '--out', 'a.md')?.out, 'a.md');
});

test('work runs in the order of the report, whatever the order of the words', () => {
  assert.deepEqual(orderOf('--work', 'memory,100')?.works, ['100', 'memory']);
});

test('a report can be written again from raw numbers, beside them unless told', () => {
  assert.deepEqual(parseArguments(['--from', 'docs/benchmark.json']), { kind: 'render', from: 'docs/benchmark.json', out: 'docs/benchmark.md' });
  assert.deepEqual(parseArguments(['--from', 'a.json', '--out', 'b.md']), { kind: 'render', from: 'a.json', out: 'b.md' });
});

test('what cannot be meant is refused with the way out', () => {
  for (const [args, words] of [
    [['--only', 'both'], /say ours or peer/],
    [['--work', '100,1000'], /no "1000".*100,500/],
    [['--rounds', '0'], /from 1 to 20/],
    [['--out', 'report.html'], /\.md/],
    [['--fast'], /--fast/],
  ] as const) {
    const parsed = parseArguments(args);
    assert.equal(parsed.kind, 'wrong');
    assert.match(parsed.kind === 'wrong' ? parsed.problem : '', words);
  }
});
