// A mesh that runs on what aws-privateca-issuer wrote changes over to us: no restart, no failed handshake, not a byte of ca.crt.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../../hack/control-plane/programs.ts';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { startControllerProcess } from '../../hack/world/controller-process.ts';
import { peerModule } from '../../hack/world/peer-module.ts';
import { peerAccount, peerRoleArn, startPeerProcess } from '../../hack/world/peer-process.ts';
import { region } from '../../hack/world/trust.ts';
import { openCommandLine } from '../harness/helm.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { assertUnbroken, openParty } from './stage.ts';
import { establish } from './steps.ts';

const root = join(import.meta.dirname, '../..');
const release = peerAccount.name;

void test('a cacerts of aws-privateca-issuer v1.10.1 is renewed by us: byte-equal ca.crt, taken without a restart, and no handshake fails', { timeout: 600_000 }, async () => {
  const namespace = `mesh-${randomBytes(4).toString('hex')}`;
  const [a, c] = await Promise.all([openParty('a', namespace), openParty('c', namespace)]);
  const common = { api: c.api, directory: c.cluster.directory, emulatorUrl: c.emulator.url };
  const shell = await openCommandLine(c.cluster.kubeconfig, root);
  const ends: (() => Promise<unknown>)[] = [async () => a.end(), async () => c.end(), async () => shell[Symbol.asyncDispose]()];
  try {
    const arn = await a.subordinate();
    const here = establish(a, arn);
    // The chart in its tag still calls itself v1.9.2.
    await shell.type(`helm install ${release} ${join(await peerModule('v1.10.1'), 'charts/aws-pca-issuer')} -n ${release} --create-namespace --set image.tag=v1.10.1`);
    const peer = await startPeerProcess({ ...common, program: await program('aws-privateca-issuer'), leaderElection: true });
    ends.push(() => peer.kill());
    await c.clusterIssuer(arn, { region });
    await c.orderCacerts();
    const theirs = await c.cacerts();
    const istiod = await c.startIstiod();
    await istiod.waitForLog(tookSecret);
    await here;
    assert.equal(theirs['data']['ca.crt'], (await a.cacerts())['data']['ca.crt'], 'both issuers write the same bytes');
    const workloads = await Promise.all([a.sidecar('checkout'), c.sidecar('orders')]);
    const [, orders] = workloads;
    await using traffic = keepTalking(workloads);
    await traffic.round();

    // As the guide has it, and the old process ends as its Deployment's pod would.
    await shell.type(`helm upgrade ${release} config/chart/pca-issuer -n ${release} -f config/chart/cases/peer-defaults.yaml --set nameOverride=aws-privateca-issuer --take-ownership`);
    await peer.kill();
    const ours = await startControllerProcess({ ...common, form: 'bundle', identity: { ...peerAccount, roleArn: peerRoleArn }, flags: ['--leader-elect', `--leader-election-namespace=${peerAccount.namespace}`] });
    ends.push(() => ours.kill());
    assert.equal((await c.cacerts())['data']['tls.crt'], theirs['data']['tls.crt'], 'what there is stays');
    const renewed = await c.renew();
    await assertIstioCa(renewed, { renewedFrom: theirs });
    assert.equal(renewed['data']['ca.crt'], theirs['data']['ca.crt']);
    const order = (await c.emulator.journal({ ca: arn })).entries.findLast(({ issued }) => issued);
    assert.match(order?.caller ?? '', /\/pca-issuer$/);

    await traffic.round();
    const before = orders?.signer;
    await orders?.refresh();
    assert.notEqual(orders?.signer, before);
    await assertUnbroken(traffic);
    assert.equal((await istiod.logs()).split('Use local CA certificate').length, 2, 'it was not started again');
    await Promise.all([a.tidy(), c.tidy()]);
  } finally {
    for (const end of ends) await end();
  }
});
