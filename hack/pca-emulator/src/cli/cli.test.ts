import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { fault, faults, strikes } from './fault-commands.ts';
import { readTier } from './hierarchy.ts';
import type { JournalEntry } from '../admin-client.ts';
import { journalHeads, journalLine } from './journal-command.ts';
import { durationOption, jsonOption, numberOption } from './server-choice.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

test('serve says where it listens and that it is not AWS, and ends on SIGTERM', async () => {
  const child = spawn(process.execPath, [cli, 'serve', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const { url, notice } = JSON.parse(line) as { url: string; notice: string };
    assert.match(notice, /not AWS/);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    child.kill('SIGTERM');
  }
  const [code] = child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(code, 0);
});

test('a tier is read with its options', () => {
  assert.deepEqual(readTier('issuing:RSA_2048:commonName=Example Issuing CA:pathLen=1'), { name: 'issuing', keyAlgorithm: 'RSA_2048', commonName: 'Example Issuing CA', pathLen: 1 });
  assert.throws(() => readTier('issuing:DSA'), /KEY one of RSA_2048/);
});

test('durations are read with their units', () => {
  const read = (text: string) => durationOption('--for', text);
  assert.deepEqual(['300ms', '90s', '1.5m', '2h', '-1d'].map(read), [300, 90_000, 90_000, 7_200_000, -86_400_000]);
});

test('what cannot be read is told by the name of its flag', () => {
  assert.throws(() => durationOption('--for', 'soon'), /^Error: --for must be a duration such as .*, not soon$/);
  assert.throws(() => numberOption('--times', 'many'), /^Error: --times must be a number, not many$/);
  assert.throws(() => jsonOption('--body', '{'), /^Error: --body must be JSON, not \{$/);
});

test('a fault tells how often, how likely and how long it strikes', () => {
  const endsAtMs = Date.parse('2026-01-02T03:04:35Z');
  assert.equal(strikes({ left: 1 }), 'once');
  assert.equal(strikes({ left: -1 }), 'until cleared');
  assert.equal(strikes({ left: -1, probability: 0.2, seed: 7, endsAtMs }), '20 % of calls (seed 7), until 03:04:35 of the virtual clock');
  assert.equal(strikes({ left: 3, probability: 0.055, seed: 1 }), '3 times, 5.5 % of calls (seed 1)');
});

const throttled: JournalEntry = {
  seq: 7, time: '2026-01-02T03:04:05.678Z', requestId: 'r', operation: 'IssueCertificate', outcome: 'ThrottlingException', message: 'Rate exceeded', fault: 'throttle',
  template: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1', issued: false, replayed: false, durationMs: 3,
};

test('a line of the journal shortens ARNs, which --json keeps', () => {
  const arn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/a90ca219-c814-42d3-8bad-c6f9b74769f4/certificate/51a21d3660590d9e36b273824d76cd91';
  const { message: _message, fault: _fault, template: _template, ...call } = throttled;
  assert.match(journalLine({ ...call, outcome: 'ok', issued: true, certificateArn: arn }), / ms {2}issued 51a21d36$/);
  assert.match(journalLine({ ...call, outcome: 'x', certificateArn: arn, message: `${arn} is in progress` }), / ms {2}certificate 51a21d36, 51a21d36 is in progress$/);
});

test('a line of the journal tells tells what became of a call and why', () => {
  const line = journalLine({ ...throttled });
  assert.match(line, /^ {4}7 03:04:05\.678 IssueCertificate +ThrottlingException +3 ms {2}fault throttle, EndEntityCertificate\/V1, Rate exceeded$/);
  assert.deepEqual(['IssueC', 'Throttling', 'fault'].map((word) => line.indexOf(word)), ['OPERATION', 'OUTCOME', 'WHAT'].map((head) => journalHeads.indexOf(head)));
});

test('a wrong flag and a wrong value are told by name', async () => {
  await assert.rejects(fault(['IssueCertificate', 'lost', '--tmies', '3']), /^TypeError.*: Unknown option '--tmies'/);
  await assert.rejects(fault(['IssueCertificate', 'lost', '--times', '0']), /^Error: --times must be a whole number above 0 or until-cleared, not 0$/);
  await assert.rejects(fault(['IssueCertificate', 'lost', '3']), /what is 3\?/);
});

test('a missing emulator is told with its address', async () => {
  // Nobody listens there, and fetch asks it, other than port 1.
  await assert.rejects(faults(['--url', 'http://127.0.0.1:2']), /^Error: GET http:\/\/127\.0\.0\.1:2\/admin\/faults: no emulator answers \(ECONNREFUSED\)$/);
});
