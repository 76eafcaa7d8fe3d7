// The mesh at work: ten workloads a second ask for a certificate for a minute, as istio-csr passes it on, under AWS's quotas and round trips.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import type { Condition } from '../../hack/control-plane/api/objects.ts';
import { startIstioCsr, type Answer } from '../harness/istio-csr.ts';
import { assertOnce, certManager, scenario } from '../harness/scenario.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';

const perSecond = 10;
const seconds = 60;
/** After this long istio-csr gives its workloads up. */
const patienceMs = 10_000;

/** From the creation to the condition. Whole seconds each, so that only their mean says something. */
function meanSeconds(answers: readonly Answer[], type: string): string {
  const each = answers.map(({ request: { metadata, status } }) => {
    const condition = ((status?.conditions ?? []) as readonly Condition[]).find((candidate) => candidate.type === type);
    return Date.parse(condition?.lastTransitionTime ?? '') - Date.parse(metadata.creationTimestamp ?? '');
  });
  return (each.reduce((sum, one) => sum + one, 0) / each.length / 1_000).toFixed(1);
}

scenario('ten requests of istio-csr a second for a minute: each is Issued within ten seconds, once, and nothing is left of them', 'at-rate', async (s) => {
  await s.emulator.settings({ roundTripMs: { '*': 150 }, signingMs: 1_500, quotaScale: 1 });
  const arn = await s.subordinate();
  await using istioCsr = await startIstioCsr(s, await s.clusterIssuer(arn));
  const logged = (await readFile(s.world.address.controllerLog, 'utf8')).length;
  const asked: Promise<Answer>[] = [];
  for await (const _ of setInterval(1_000 / perSecond)) {
    asked.push(istioCsr.sign({ identity: `spiffe://cluster.local/ns/payments/sa/pod-${asked.length}` }));
    if (asked.length === perSecond * seconds) break;
  }
  const answers = await Promise.all(asked);
  const tookMs = answers.map((answer) => answer.tookMs).toSorted((a, b) => a - b);
  const at = (share: number): string => `${((tookMs[Math.ceil(tookMs.length * share) - 1] ?? 0) / 1_000).toFixed(1)} s`;
  console.log(`istio-csr: ${answers.length} leaves at ${perSecond} a second, p50 ${at(0.5)}, p99 ${at(0.99)}, the longest ${at(1)}`);
  console.log(`  on average ${meanSeconds(answers, 'Approved')} s until cert-manager approves, ${meanSeconds(answers, 'Ready')} s until we issue`);
  assert.deepEqual(tookMs.filter((each) => each > patienceMs), []);
  for (const { request } of answers.filter((_, index) => index % 60 === 0)) await assertRequestLeaf(request, { extendedKeyUsages: ['client auth', 'server auth'] });

  await assertOnce(s, arn);
  assert.equal(await s.issuedBy(arn), answers.length + 1, 'one for each workload, and its own');
  await s.api.waitForGone({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace });
  const log = (await readFile(s.world.address.controllerLog, 'utf8')).slice(logged);
  assert.deepEqual(log.split('\n').filter((line) => line.includes('"level":"error"')), [], 'requests that are deleted are no trouble');
});
