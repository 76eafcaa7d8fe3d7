// docs/guides/rotating-and-short-lived.md, typed as it stands, while workloads of both clusters talk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, region } from '../../hack/world/trust.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { cacertsOf } from './mesh-before.ts';
import { followRenewals, readersArn, startMesh, startWorkload, talk } from './mesh.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

const newArn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/99999999-8888-7777-6666-555555555555';
const weekArn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/77777777-7777-7777-7777-777777777777';
const dayMs = 86_400_000;

test('intermediates are renewed, move to another CA of AWS and to a life of a week and back by the guide, and no handshake fails', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('rotate');
  const { a, b } = stage;
  const { mesh } = await stage.hierarchy('company');
  // Under the same root, which is there already.
  const under = async (name: string, usageMode: 'GENERAL_PURPOSE' | 'SHORT_LIVED_CERTIFICATE') => {
    const key = { keyAlgorithm: 'EC_prime256v1' } as const;
    const { authorities } = await stage.emulator.createHierarchy({ name: 'company', account, region, tiers: [{ name: 'root', ...key }, { name, ...key, usageMode }] });
    return authorities[1]?.arn ?? '';
  };
  const [successor, weekly] = [await under('successor', 'GENERAL_PURPOSE'), await under('weekly', 'SHORT_LIVED_CERTIFICATE')];
  await startMesh(stage, mesh);
  const workloads = await Promise.all([startWorkload(a, 'a/checkout'), startWorkload(b, 'b/payments')]);
  await using traffic = talk(workloads);
  const renewals = { a: followRenewals([a]), b: followRenewals([b]) };
  const former = { a: await cacertsOf(a), b: await cacertsOf(b) };
  const lasts: string[] = [];
  /** It was renewed under the same root, istiod has taken it, and workloads move over one after the other. */
  const renewed = async (name: 'a' | 'b') => {
    await renewals[name].taken();
    const secret = await cacertsOf(stage[name]);
    const { leaf } = await assertIstioCa(secret, { renewedFrom: former[name] });
    former[name] = secret;
    lasts.push(`${name} ${Math.round((Date.parse(leaf.notAfter) - Date.now()) / dayMs)}`);
    const workload = workloads[name === 'a' ? 0 : 1];
    const signer = workload?.signer;
    await traffic.round();
    await workload?.refresh();
    assert.notEqual(workload?.signer, signer);
    await traffic.round();
  };
  const skipped = await runGuide({
    guide: 'rotating-and-short-lived.md',
    environment: stage.environment,
    facts: { ...stage.facts, [readersArn]: mesh, [newArn]: successor, [weekArn]: weekly },
    after: async (command) => {
      if (/^renew a$/m.test(command)) await renewed('a');
      if (/^ {2}(?:renew|until_revision) \$cluster/m.test(command)) for (const name of ['a', 'b'] as const) await renewed(name);
    },
  });
  assert.equal(skipped.length, 1);
  assert.deepEqual(lasts, ['a 90', 'a 90', 'b 90', 'a 7', 'b 7', 'a 90', 'b 90']);
  assert.deepEqual((await traffic.stop()).failures, []);
  for (const each of [a, b]) assert.equal(each.deployment().starts, 1, 'nothing was restarted');
});
