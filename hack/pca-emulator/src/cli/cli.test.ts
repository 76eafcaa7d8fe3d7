import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { durationMs } from './clock-command.ts';
import { readTier } from './hierarchy.ts';
import { journalLine } from './journal-command.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

test('serve says where it listens and that it is not AWS, and ends on SIGTERM', async () => {
  const child = spawn(process.execPath, [cli, 'serve', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const { url, notice } = JSON.parse(line) as { url: string; notice: string };
    assert.match(notice, /not AWS/);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    child.kill('SIGTERM');
  }
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(code, 0);
});

test('a tier is read with its options', () => {
  assert.deepEqual(readTier('issuing:RSA_2048:commonName=Example Issuing CA:pathLen=1'), { name: 'issuing', keyAlgorithm: 'RSA_2048', commonName: 'Example Issuing CA', pathLen: 1 });
  assert.throws(() => readTier('issuing:DSA'), /KEY one of RSA_2048/);
});

test('durations are read with their units', () => {
  assert.deepEqual(['300ms', '90s', '12m', '2h', '-1d'].map(durationMs), [300, 90_000, 720_000, 7_200_000, -86_400_000]);
  assert.throws(() => durationMs('soon'), /not a duration/);
});

test('a line of the journal tells what became of a call and why', () => {
  const line = journalLine({
    seq: 7, time: '2026-01-02T03:04:05.678Z', requestId: 'r', operation: 'IssueCertificate', outcome: 'ThrottlingException', message: 'Rate exceeded', fault: 'throttle',
    template: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1', issued: false, replayed: false, durationMs: 3,
  });
  assert.match(line, /^ {4}7 03:04:05\.678 IssueCertificate +ThrottlingException +3 ms {2}fault throttle, EndEntityCertificate\/V1, Rate exceeded$/);
});
