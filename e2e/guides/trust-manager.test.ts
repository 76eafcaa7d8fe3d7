// docs/guides/trust-manager.md, typed as it stands, beside a real trust-manager.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { account, region } from '../../hack/world/trust.ts';
import { renew } from '../../hack/world/renew.ts';
import { startTrustManager } from '../../hack/world/trust-manager.ts';
import { cacertsSpec, certManager, group, ours, readyOf } from '../harness/scenario.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

const cacerts = { apiVersion: 'v1', kind: 'Secret', namespace: 'istio-system', name: 'cacerts' };
const key = { keyAlgorithm: 'EC_prime256v1' } as const;

test('the root goes to the namespaces that ask for it, and a second one after it, by a real trust-manager and the guide', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('trust', 1);
  const { api, directory } = stage.a;
  await using _trustManager = await startTrustManager(api, directory);
  const { mesh } = await stage.hierarchy('company');
  const { authorities } = await stage.emulator.createHierarchy({ name: 'next', account, region, tiers: [{ name: 'root', ...key }] });
  const issuer = (spec: object) => ({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: 'mesh-root' }, spec: { arn: mesh, ...spec } });
  await api.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
    issuer({}),
    { apiVersion: certManager, kind: 'Certificate', metadata: { name: 'cacerts', namespace: 'istio-system' }, spec: cacertsSpec({ group, kind: 'AWSPCAClusterIssuer', name: 'mesh-root' }) },
  ]);
  const former = await api.waitFor(cacerts, () => true);

  /** The page leaves this to the guide about changing the root. */
  async function trustNextRootToo(): Promise<void> {
    await api.apply(issuer({ additionalTrustAnchors: authorities[0]?.certificate }));
    const knowsBoth = (object: ApiObject) => readyOf(object)?.status === 'True' && readyOf(object)?.observedGeneration === object.metadata.generation;
    await api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: 'mesh-root' }, knowsBoth, { what: 'the edited issuer to be Ready' });
    await renew(api, 'istio-system', 'cacerts');
    await api.waitFor(cacerts, (secret) => secret['data']['ca.crt'] !== former['data']['ca.crt'], { what: 'a cacerts with both roots' });
  }

  const seen: string[] = [];
  const skipped = await runGuide({
    guide: 'trust-manager.md',
    environment: stage.environment,
    facts: stage.facts,
    after: async (command, output) => {
      if (command.includes('rootSHA256')) {
        const [taken, told, ...rest] = output.trim().split('\n');
        assert.match(taken ?? '', /^[0-9a-f]{64}$/);
        assert.deepEqual([told, rest], [taken, []]);
        seen.push('the root');
      }
      if (command.includes('openssl verify')) await trustNextRootToo();
      if (command.includes('--dry-run=client')) {
        await api.waitFor({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'batch', name: 'mesh-roots' }, (copy) => (copy['data']['ca.crt'] as string).split('BEGIN CERTIFICATE').length === 3, { what: 'both roots in batch' });
        seen.push('both roots');
      }
    },
  });
  assert.deepEqual([skipped.length, seen], [1, ['the root', 'both roots']]);
});
