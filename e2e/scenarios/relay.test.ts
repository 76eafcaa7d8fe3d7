// Gloo's relay runs on certificates of one issuer, as the samples order them: what agents and the management server make of them.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { describe } from 'node:test';
import { readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { renew } from '../../hack/world/renew.ts';
import { putKeys, secretRef } from '../harness/identities.ts';
import { connectAgent, materialOf, serverName, signAgent, startRelayServer, type Material } from '../harness/relay.ts';
import { assertOnce, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { pemBlocks } from '../../hack/control-plane/pem-blocks.ts';
import { startTraffic } from '../harness/traffic.ts';
import { assertIstioCa, assertLeaf } from '../harness/verdict.ts';

const samples = path.join(import.meta.dirname, '../../config/samples/gloo-relay');

/** Applies the samples in the scenario's namespace, for its issuer. @returns the Secrets by their names. */
async function order(s: Scenario, issuerRef: IssuerRef): Promise<Readonly<Record<'server' | 'agent' | 'signing', ApiObject>>> {
  for (const { metadata, spec, ...rest } of await readManifests(samples)) {
    await s.api.apply({ ...rest, metadata: { ...metadata, namespace: s.namespace }, spec: { ...(spec as object), issuerRef } });
  }
  const [server, agent, signing] = await Promise.all(['relay-server-tls', 'relay-client-tls', 'relay-tls-signing'].map((name) => s.secretOf(name)));
  if (server === undefined || agent === undefined || signing === undefined) throw new Error('a sample is missing');
  return { server, agent, signing };
}

/** Renews a Certificate. @returns its new Secret, which hack/check finds good, with the same bytes in ca.crt. */
async function renewed(s: Scenario, certificate: string, former: ApiObject): Promise<ApiObject> {
  await renew(s.api, s.namespace, certificate);
  const secret = await s.api.waitFor(
    { apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: former.metadata.name },
    (object) => object['data']['tls.crt'] !== former['data']['tls.crt'],
    { what: `the renewed Secret of ${certificate}` },
  );
  await assertLeaf(secret, { renewedFrom: { data: former['data'] as Record<string, string> } });
  return secret;
}

const serialOf = (secret: ApiObject): string => new X509Certificate(materialOf(secret).chain).serialNumber;

describe('Gloo relay', { concurrency: 2 }, () => {
  scenario('server, agents and Gloo\'s own signing CA come from one issuer, and meet by TLS 1.3 with nothing but the root in common', 'approving', async (s) => {
    const arn = await s.subordinate();
    const { server, agent, signing } = await order(s, await s.clusterIssuer(arn));
    await assertLeaf(server, { extendedKeyUsages: ['server auth'], names: [serverName, `${serverName}.svc`, '*.gloo-mesh'] });
    await assertLeaf(agent, { extendedKeyUsages: ['client auth'], names: ['cluster-a'] });
    await assertIstioCa(signing);
    assert.equal(new Set([server, agent, signing].map((secret) => secret['data']['ca.crt'] as string)).size, 1);
    await assertOnce(s, arn);

    await using relay = await startRelayServer(materialOf(server));
    assert.equal(await connectAgent(relay.port, materialOf(agent)), serialOf(server));
    const registered = await signAgent(materialOf(signing), 'cluster-b');
    assert.equal(await connectAgent(relay.port, registered), serialOf(server));

    const refused = (material: Material, why: RegExp) => assert.rejects(connectAgent(relay.port, material), why);
    // What the server has to refuse: a certificate that is not for clients, and one whose way up is not complete.
    await refused(materialOf(server), /refused: .*(?:unsupported certificate purpose|unsuitable certificate purpose|INVALID_PURPOSE)/i);
    const [alone = ''] = pemBlocks(registered.chain);
    await refused({ ...registered, chain: alone }, /refused: (?:UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY|SELF_SIGNED)/);
  });

  scenario('another root is refused on both sides', 'approving', async (s) => {
    const { server, agent } = await order(s, await s.clusterIssuer(await s.subordinate()));
    await putKeys(s, 'keys');
    await s.certificate('stranger', {
      secretName: 'stranger', commonName: 'gloo-mesh-agent', dnsNames: ['cluster-a'], duration: '24h', usages: ['client auth'],
      privateKey: { algorithm: 'ECDSA', size: 256 }, issuerRef: await s.issuer(await s.subordinate(), secretRef(s, 'keys')),
    });
    const stranger = materialOf(await s.secretOf('stranger'));
    await using relay = await startRelayServer(materialOf(server));
    await assert.rejects(connectAgent(relay.port, stranger), /self-signed certificate in certificate chain|unable to (?:get|verify)/);
    await assert.rejects(connectAgent(relay.port, { ...stranger, roots: materialOf(agent).roots }), /refused: (?:UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY|SELF_SIGNED)/);
  });

  scenario('the server takes its renewed Secret while agents connect without a pause, and no handshake fails', 'approving', async (s) => {
    const { server, agent } = await order(s, await s.clusterIssuer(await s.subordinate()));
    let shown = materialOf(agent);
    await using relay = await startRelayServer(materialOf(server));
    await using traffic = startTraffic(4, () => connectAgent(relay.port, shown));
    await traffic.allMeet(serialOf(server));
    // Agents with their old certificates meet the new one of the server, and then have theirs renewed.
    const secondServer = await renewed(s, 'relay-server-tls', server);
    relay.take(materialOf(secondServer));
    await traffic.allMeet(serialOf(secondServer));
    shown = materialOf(await renewed(s, 'relay-client-tls', agent));
    const thirdServer = await renewed(s, 'relay-server-tls', secondServer);
    relay.take(materialOf(thirdServer));
    await traffic.allMeet(serialOf(thirdServer));
    const { times, failures } = await traffic.stop();
    console.log(`relay: ${times} handshakes over two renewals of the server and one of its agents, ${failures.length} failed`);
    assert.deepEqual(failures, []);
  });
});
