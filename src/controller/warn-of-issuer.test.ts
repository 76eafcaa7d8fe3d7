import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicy } from '../domain/request-policy.ts';
import { succeed } from '../domain/failure.ts';
import { anIssuerConfig, someFacts } from '../domain/test-values.ts';
import { failure, meshRoot } from './test-world.ts';
import { makeWarnOfIssuer, type Sight, type WarnPorts } from './warn-of-issuer.ts';

const signal = new AbortController().signal;
const day = 24 * 3_600_000;
const now = Date.UTC(2026, 0, 1);
const quiet: WarnPorts = {
  clock: { now: () => now },
  ledger: { complaintsOf: () => [], longestMs: () => undefined },
  defaultDurationMs: 30 * day,
  namespaces: { labels: async () => succeed({}), count: async () => succeed(0), selected: async () => succeed([]) },
  watchedNamespaces: [],
};

async function tell(ports: Partial<WarnPorts>, sight: Partial<Sight>): Promise<string> {
  const config = anIssuerConfig({ requestPolicy: readPolicy({ caNamespaces: [] }) });
  const warnings = await makeWarnOfIssuer({ ...quiet, ...ports })({ key: meshRoot.key, config, facts: undefined, uncheckedBecause: undefined, ...sight }, signal);
  return warnings.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`).join('\n');
}

test('a CA that ends before a certificate of the longest duration would is warned of, with both dates', async () => {
  assert.equal(await tell({}, { facts: someFacts({ notAfter: new Date(now + 30 * day) }) }), '');
  assert.match(
    await tell({}, { facts: someFacts({ notAfter: new Date(now + 30 * day - 1) }) }),
    /^ExpiresSoon=True CertificateAuthorityExpiring: the certificate of the CA arn:\S+ ends on 2026-01-30T23:59:59\.999Z; .* requests for 30 days, .* wait since 2025-12-31T23:59:59\.999Z/,
  );
  const asked = { ledger: { ...quiet.ledger, longestMs: () => 365 * day } };
  assert.match(await tell(asked, { facts: someFacts({ notAfter: new Date(now + 300 * day) }) }), /requests for 365 days/);
  assert.equal(await tell({}, { facts: someFacts({ notAfter: undefined }) }), '', 'what is not known is not warned of');
});

test('a Ready issuer that cannot be checked again says so', async () => {
  assert.match(await tell({}, { uncheckedBecause: failure('transient') }), /^Recheck=False Unreachable: the issuer could not be checked again: .* it stays Ready and signs$/);
});

test('what requests wait for is told by its reason and in its words, and other reasons are named', async () => {
  const complaints = [{ reason: 'NoTrustAnchor', message: 'no root' }, { reason: 'TemplateMismatch', message: 'another template' }] as const;
  assert.equal(
    await tell({ ledger: { ...quiet.ledger, complaintsOf: () => complaints } }, {}),
    'RequestsWaiting=True NoTrustAnchor: requests wait for this issuer: no root. Others wait for: TemplateMismatch',
  );
});
