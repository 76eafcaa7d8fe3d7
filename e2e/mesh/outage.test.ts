// AWS Private CA is away for longer than renewBefore allows, until the intermediate has expired: what breaks, when, and who must do what.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { dataOf } from '../../hack/control-plane/api/secret-data.ts';
import { judge } from '../../hack/control-plane/check.ts';
import type { Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { makeCsr } from '../../src/pki/test-certificates.ts';
import { certManager, readyOf } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { orderByHand } from './order-by-hand.ts';
import { assertUnbroken, meshScenario, type Party } from './stage.ts';
import { establish } from './steps.ts';

/** Until the intermediate ends: long enough to see what comes before on a slow machine, too short for an order to be forgotten by AWS. */
const lastsMs = (establishedMs: number): number => Math.min(90_000, Math.max(25_000, 4 * establishedMs));
const endOf = (sidecar: Sidecar | undefined): Date => new X509Certificate(sidecar?.credentials.chainPem ?? '').validToDate;

/**
 * Puts an intermediate that is about to end in the place of the one that cert-manager got, which stands for the weeks until then: without
 * its request and with the annotations of the Secret as they are, cert-manager takes it for its own and sees that its renewal is due.
 * @returns when it ends
 */
async function letTimePass(party: Party, arn: string, leftMs: number): Promise<Date> {
  const { api, namespace } = party;
  await api.remove({ apiVersion: certManager, kind: 'CertificateRequest', namespace, name: 'cacerts-1' });
  const csr = makeCsr({ subject: `cluster-${party.name}.istio-ca`, key: 'P-256' });
  const end = Math.floor((Date.now() + leftMs) / 1_000);
  const { certificate, subordinate } = await orderByHand(party, { arn, csrPem: csr.pem, validity: { Type: 'ABSOLUTE', Value: end } });
  // From now on, as AWS and networks fail: refused, cut off, and without an answer.
  await party.fault(arn, { operation: 'IssueCertificate', kind: 'error-503', times: 2 });
  await party.fault(arn, { operation: 'IssueCertificate', kind: 'reset', times: 2 });
  await party.fault(arn, { operation: 'IssueCertificate', kind: 'hang', times: 'until-cleared' });
  const data = dataOf({ 'tls.crt': certificate + subordinate, 'tls.key': csr.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  await party.untilTaken(() => api.patch({ apiVersion: 'v1', kind: 'Secret', namespace, name: 'cacerts' }, { data }));
  return new Date(end * 1_000);
}

meshScenario('an outage beyond the end of an intermediate breaks its cluster then and not before, and is over by itself: no restart, no hand, one certificate', async ({ a, b }) => {
  const arn = await a.subordinate();
  const sinceMs = performance.now();
  const [former] = await Promise.all([establish(a, arn), establish(b, arn)]);
  const leftMs = lastsMs(performance.now() - sinceMs);
  const workloads = await Promise.all([a.sidecar('checkout'), a.sidecar('cart'), b.sidecar('payments'), b.sidecar('ledger')]);
  const [checkout, cart] = workloads;
  await using traffic = keepTalking(workloads);

  const end = await letTimePass(a, arn, leftMs);
  const dying = await a.api.get({ apiVersion: 'v1', kind: 'Secret', namespace: a.namespace, name: 'cacerts' });
  assert.ok(dying !== undefined);
  await Promise.all([checkout?.refresh(), cart?.refresh()]);
  assert.deepEqual([endOf(checkout), endOf(cart)], [end, end], 'no workload certificate outlives what signed it');
  const waits = await a.requestWith('cacerts-2', 'Pending');
  assert.ok(Date.now() < end.getTime(), 'the intermediate was over before the outage could be seen');

  while (Date.now() < end.getTime() + 1_000) await traffic.round();
  const { failures } = await traffic.stop();
  assert.deepEqual(failures.filter(({ at, who }) => at < end || !who.includes('a/')), [], 'failed before the end, or elsewhere');
  assert.equal(new Set(failures.map(({ who }) => who)).size, 10, 'every pair with a workload of this cluster');
  for (const { why } of failures) assert.match(why, /expired/i);

  // istiod's own certificate came from the same intermediate: nobody is served, and a restart would not help but end it.
  await assert.rejects(async () => checkout?.refresh(), /expired/);
  const { checks } = await judge({ data: dying['data'] as Record<string, string> }, { profile: 'istio-ca' });
  assert.match(checks.find(({ name }) => name === 'istiod loads these files')?.detail ?? '', /certificate has expired or is not yet valid/);
  const requests = await a.api.list({ apiVersion: certManager, kind: 'CertificateRequest', namespace: a.namespace });
  assert.deepEqual(requests.map((each) => [each.metadata.uid, readyOf(each)?.reason, each['status'].failureTime]), [[waits.metadata.uid, 'Pending', undefined]]);

  const before = { issued: await a.issuedBy(arn), logged: (await a.istiod().logs()).length };
  const backAt = Date.now();
  await a.untilTaken(async () => {
    await a.heal();
    await a.cacertsAfter(dying);
  });
  await a.istiod().waitForLog('Istiod certificates are reloaded', { after: before.logged });
  // Nobody has to tell a proxy: its agent passes the refusal on, and Envoy asks again, less and less often up to twice a minute.
  await Promise.all([checkout?.refresh(), cart?.refresh()]);
  await assertUnbroken(keepTalking(workloads));
  await assertIstioCa(await a.cacerts(), { renewedFrom: former });
  const { counters, entries } = await a.emulator.journal({ ca: arn });
  const tookMs = Date.parse(entries.findLast(({ issued }) => issued)?.time ?? '') - backAt;
  assert.ok(tookMs < 45_000, `it asks every 30 s, and waits 10 s for an answer: ${tookMs} ms`);
  assert.deepEqual([counters.certificatesIssued - before.issued, counters.duplicateIssuesByCsr, counters.violations], [1, 0, 0]);
});
