import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from './finding.ts';
import { exitCodeOf, renderJson, renderPage, type Report } from './page.ts';

const inventory = { clusterIssuers: 1, issuers: 2, certificates: 3, issued: 4, pending: 5, ordered: 1, failed: 6 };
const clean: Report = { inventory, findings: [], blind: [] };
const stuck: Finding = { kind: 'stuck-request', weight: 'stops', about: 'CertificateRequest a/x', what: `it is ${'very '.repeat(40)}stuck`, todo: 'delete it', command: 'kubectl delete x' };
const open: Finding = { kind: 'ca-open', weight: 'differs', about: 'AWSPCAClusterIssuer root', what: 'it is open', todo: 'close it', command: undefined };

test('the page says what there is, what stops before what differs, and the commands unbroken', () => {
  const lines = renderPage({ ...clean, findings: [open, stuck] }, false).split('\n');
  assert.deepEqual(lines.slice(0, 5), [
    'Before pca-issuer takes over from aws-privateca-issuer',
    '  1 AWSPCAClusterIssuers, 2 AWSPCAIssuers, 3 Certificates, CertificateRequests: 4 issued, 5 pending (1 of them ordered already), 6 failed',
    '',
    'Stops working unless you act (1)',
    '',
  ]);
  assert.ok(lines.indexOf('  ● CertificateRequest a/x  stuck-request') < lines.indexOf('Goes on, but otherwise, or wants a decision (1)'));
  assert.ok(lines.includes('      kubectl delete x'));
  assert.ok(lines.includes('    → close it'));
  assert.ok(lines.slice(2).every((line) => line.length <= 120), 'sentences are wrapped');
});

test('colours are for a terminal', () => {
  const escape = '\u001B';
  assert.ok(!renderPage({ ...clean, findings: [open, stuck] }, false).includes(escape));
  assert.ok(renderPage({ ...clean, findings: [open, stuck] }, true).includes(`${escape}[31m●${escape}[0m`));
});

test('the exit code tells whether there is something to do, and whether all was seen', () => {
  assert.equal(exitCodeOf(clean), 0);
  assert.equal(exitCodeOf({ ...clean, findings: [open] }), 1);
  assert.equal(exitCodeOf({ ...clean, findings: [open], blind: ['leases: 403'] }), 2);
  assert.match(renderPage(clean, false), /Nothing to do: everything goes on as it is\.$/);
  assert.match(renderPage({ ...clean, blind: ['leases: 403 Forbidden: no'] }, false), /Could not be looked at \(1\)\n\n {2}leases: 403 Forbidden: no\n.*preflight-clusterrole\.yaml[\s\S]*This is not the whole picture\.$/);
});

test('for programs it is one object of JSON', () => {
  assert.deepEqual(JSON.parse(renderJson({ ...clean, findings: [open] })), { inventory, findings: [{ ...open, command: null }], couldNotLook: [] });
});
