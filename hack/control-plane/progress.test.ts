import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalProgress } from './progress.ts';

const clear = '\r\u001B[K';

function paper(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, write: (text: string) => written.push(text), text: () => written.join('') };
}

test('a log gets one line for each step, when it ends', () => {
  const out = paper(false);
  const progress = terminalProgress(out);
  progress.say('Two steps:');
  const [first, second] = [progress.begin('etcd'), progress.begin('kube-apiserver')];
  second.end('built in 84 s');
  first.end('cached');
  first.end('cached twice');
  assert.deepEqual(out.text().split('\n').map((line) => line.replace(/ +/g, ' ')), ['Two steps:', ' kube-apiserver built in 84 s', ' etcd cached', '']);
});

test('a terminal shows open steps on one line that fits, and clears it for what is said', () => {
  const out = paper(true);
  const progress = terminalProgress(out);
  const step = progress.begin('a step with quite a long name for a terminal');
  const ticking = out.text().split(clear).at(-1) ?? '';
  assert.match(ticking, /a step with/);
  assert.ok(ticking.length < 40);
  step.end('done');
  const [said = '', open] = out.text().split(clear).slice(-2);
  assert.match(said, /^ {2}a step .* done\n$/);
  assert.equal(open, '');
});
