// docs/guides/gloo-relay.md, typed as it stands; where it needs Gloo, e2e/scenarios/relay.test.ts does what Gloo would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectAgent, materialOf, startRelayServer } from '../harness/relay.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

test('a management server and the agent of another cluster get their certificates by the guide, and meet', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('relay');
  const { mesh } = await stage.hierarchy('company');
  let met = 0;
  const skipped = await runGuide({
    guide: 'gloo-relay.md',
    environment: stage.environment,
    facts: { ...stage.facts, 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555': mesh },
    after: async (command) => {
      if (!command.includes('agent.yaml')) return;
      const secretOf = async ({ api }: typeof stage.a, name: string) => materialOf((await api.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'gloo-mesh', name })) ?? assert.fail(`${name} is missing`));
      await using relay = await startRelayServer(await secretOf(stage.a, 'relay-server-tls-secret'));
      await connectAgent(relay.port, await secretOf(stage.b, 'relay-client-tls-secret'));
      met += 1;
    },
  });
  assert.deepEqual([skipped.length, met], [3, 1]);
});
