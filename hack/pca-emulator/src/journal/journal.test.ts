import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hanging, Journal, type JournalDraft } from './journal.ts';

function start() {
  let nowMs = 1_000_000;
  const journal = new Journal(() => nowMs);
  const call = (change: Partial<JournalDraft> = {}) => journal.record({ operation: 'IssueCertificate', requestId: 'r', outcome: 'ok', arrivedAtMs: nowMs, ...change });
  return { journal, call, pass: (ms: number) => void (nowMs += ms) };
}
const staying = new AbortController().signal;

test('entries are numbered from 1, and can be read from any number on', () => {
  const { journal, call } = start();
  for (let i = 0; i < 3; i++) call();
  assert.deepEqual(journal.since(1).map(({ seq }) => seq), [2, 3]);
});

test('counters tell issues, duplicates by CSR, known tokens, violations and refusals', () => {
  const { journal, call } = start();
  call({ issued: true, csrSha256: 'a' });
  call({ issued: true, csrSha256: 'a' });
  call({ issued: true, csrSha256: 'b' });
  call({ replayed: true, csrSha256: 'b', violation: 'other parameters' });
  call({ outcome: 'ThrottlingException' });
  call({ operation: 'GetCertificate' });
  const { operations, ...counters } = journal.counters();
  assert.deepEqual(counters, { calls: 6, certificatesIssued: 3, duplicateIssuesByCsr: 1, idempotentReplays: 1, violations: 1, callsPerSecondPeak: 6 });
  assert.deepEqual(operations, { IssueCertificate: { calls: 5, refused: 1, callsPerSecondPeak: 5 }, GetCertificate: { calls: 1, refused: 0, callsPerSecondPeak: 1 } });
});

test('the peak is the fullest second, not the fullest clock second', () => {
  const { journal, call, pass } = start();
  for (const ms of [0, 600, 600, 300, 50, 2000]) {
    pass(ms);
    call();
  }
  assert.equal(journal.counters().callsPerSecondPeak, 4);
});

test('one CA\'s entries and counters can be read alone', () => {
  const { journal, call } = start();
  call({ ca: 'one', issued: true });
  call({ ca: 'two' });
  assert.deepEqual(journal.since(0, 'one').map(({ seq }) => seq), [1]);
  assert.deepEqual([journal.counters('one').certificatesIssued, journal.counters('two').certificatesIssued, journal.counters('three').calls], [1, 0, 0]);
});

test('a hanging call is counted once, when its end is known', () => {
  const { journal, call } = start();
  const { seq } = call({ outcome: hanging });
  assert.equal(journal.counters().operations['IssueCertificate']?.refused, 0);
  journal.amend(seq, { operation: 'IssueCertificate', requestId: 'r', outcome: 'ok', issued: true, arrivedAtMs: 1_000_000 });
  assert.deepEqual([journal.counters().calls, journal.counters().certificatesIssued, journal.since(0)[0]?.outcome], [1, 1, 'ok']);
});

test('who waits is woken by the next entry', async () => {
  const { journal, call } = start();
  const waiting = journal.waitFor(0, undefined, 60_000, staying);
  call();
  assert.deepEqual((await waiting).map(({ seq }) => seq), [1]);
});

test('who waits for one CA sleeps through the entries of others', async () => {
  const { journal, call } = start();
  const waiting = journal.waitFor(0, 'mine', 60_000, staying);
  call({ ca: 'other' });
  call({ ca: 'mine' });
  assert.deepEqual((await waiting).map(({ seq }) => seq), [2]);
});

test('waiting ends with the signal, and at once without a wait', async () => {
  const { journal } = start();
  const leaving = new AbortController();
  const waiting = journal.waitFor(0, undefined, 60_000, leaving.signal);
  leaving.abort();
  assert.deepEqual([await waiting, await journal.waitFor(0, undefined, 0, staying)], [[], []]);
});

test('a reset forgets entries and counters, and numbers go on', () => {
  const { journal, call } = start();
  call();
  journal.reset();
  assert.deepEqual([journal.since(0).length, journal.counters().calls, call().seq], [0, 0, 2]);
});
