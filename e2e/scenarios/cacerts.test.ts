// The main job: a Certificate becomes a Secret that istiod takes.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { renew } from '../../hack/world/renew.ts';
import { assertIstioCa, partsOf } from '../harness/verdict.ts';
import { assertOnce, cacertsSpec, scenario } from '../harness/scenario.ts';

const roots = [
  { name: 'RSA', tiers: [{ name: 'root', keyAlgorithm: 'RSA_2048' }, { name: 'subordinate', keyAlgorithm: 'RSA_2048' }] },
  { name: 'EC', tiers: [{ name: 'root', keyAlgorithm: 'EC_secp384r1' }, { name: 'subordinate', keyAlgorithm: 'EC_prime256v1' }] },
] as const;

const keys = [
  { algorithm: 'RSA', size: 2048 },
  { algorithm: 'RSA', size: 4096 },
  { algorithm: 'ECDSA', size: 256 },
  { algorithm: 'ECDSA', size: 384 },
] as const;

describe('cacerts', { concurrency: 4 }, () => {
  for (const { name, tiers } of roots) {
    for (const key of keys) {
      scenario(`a ${key.algorithm} ${key.size} key on an ${name} hierarchy becomes a cacerts that istiod takes`, 'approving', async (s) => {
        const [, arn = ''] = await s.hierarchy(tiers);
        await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn), key));
        const secret = await s.secretOf('cacerts');
        await assertIstioCa(secret);
        assert.equal(partsOf(secret).chainLength, 2);
        await assertOnce(s, arn);
      });
    }
  }

  scenario('a root that signs by itself gives a chain of one', 'approving', async (s) => {
    const [arn = ''] = await s.hierarchy([{ name: 'root', keyAlgorithm: 'EC_prime256v1' }]);
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    const secret = await s.secretOf('cacerts');
    await assertIstioCa(secret);
    assert.equal(partsOf(secret).chainLength, 1);
  });

  scenario('a chain of four tiers arrives whole and in order', 'approving', async (s) => {
    const tiers = ['root', 'policy', 'region', 'issuing'].map((name) => ({ name, keyAlgorithm: 'EC_prime256v1' }) as const);
    const arn = (await s.hierarchy(tiers)).at(-1) ?? '';
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    const secret = await s.secretOf('cacerts');
    await assertIstioCa(secret);
    assert.equal(partsOf(secret).chainLength, 4);
  });

  scenario('a renewal brings another certificate and the same bytes in ca.crt', 'approving', async (s) => {
    const arn = await s.subordinate();
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    const first = await s.secretOf('cacerts');
    await renew(s.api, s.namespace, 'cacerts');
    const second = await s.api.waitFor(
      { apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'cacerts' },
      (secret) => secret['data']['tls.crt'] !== first['data']['tls.crt'],
      { what: 'the renewed Secret' },
    );
    await assertIstioCa(second, { renewedFrom: first });
    await assertOnce(s, arn);
  });
});
