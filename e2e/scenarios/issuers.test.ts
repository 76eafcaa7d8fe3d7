// Which issuer serves which request, and what an issuer says of itself.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { account } from '../../hack/world/trust.ts';
import { encodedCsr } from '../harness/csr.ts';
import { assertOnce, cacertsSpec, certManager, group, ours, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';

async function keysIn(s: Scenario, name: string, keys: readonly [id: string, secret: string] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']): Promise<void> {
  const { accessKeyId, secretAccessKey } = await s.emulator.createAccessKey({ account });
  const stringData = { [keys[0]]: accessKeyId, [keys[1]]: secretAccessKey };
  await s.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: s.namespace }, stringData });
}

function issuerWith(s: Scenario, kind: string, name: string, status: string, reason: string): Promise<unknown> {
  const namespace = kind === 'AWSPCAIssuer' ? s.namespace : undefined;
  return s.api.waitFor(
    { apiVersion: ours, kind, namespace, name },
    (object) => readyOf(object)?.status === status && readyOf(object)?.reason === reason,
    { what: `${kind} ${name} to say ${status}/${reason}` },
  );
}

describe('issuers', { concurrency: 4 }, () => {
  scenario('a namespaced issuer signs with the keys of a Secret in its namespace', 'approving', async (s) => {
    const arn = await s.subordinate();
    await keysIn(s, 'aws');
    await s.certificate('cacerts', cacertsSpec(await s.issuer(arn, { secretRef: { name: 'aws' } })));
    await assertIstioCa(await s.secretOf('cacerts'));
  });

  scenario('a cluster issuer signs with the keys of a Secret, under selectors', 'approving', async (s) => {
    const arn = await s.subordinate();
    await keysIn(s, 'aws', ['myKeyId', 'mySecret']);
    const secretRef = { name: 'aws', namespace: s.namespace, accessKeyIDSelector: { name: '', key: 'myKeyId' }, secretAccessKeySelector: { name: '', key: 'mySecret' } };
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn, { secretRef })));
    await assertIstioCa(await s.secretOf('cacerts'));
  });

  scenario('a namespaced issuer may not use the controller\'s own credentials, and says which flag would let it', 'approving', async (s) => {
    await s.issuer(await s.subordinate());
    await issuerWith(s, 'AWSPCAIssuer', 'issuer', 'False', 'Error');
    const issuer = await s.api.get({ apiVersion: ours, kind: 'AWSPCAIssuer', namespace: s.namespace, name: 'issuer' });
    assert.match(readyOf(issuer ?? assert.fail())?.message ?? '', /^empty credentials; perhaps you meant to enable ambient credentials\?.*--issuer-ambient-credentials=true/);
  });

  scenario('an object as Go clients send it, with an empty secretRef, is served with the controller\'s own credentials', 'approving', async (s) => {
    const arn = await s.subordinate();
    const secretRef = { accessKeyIDSelector: { key: '' }, secretAccessKeySelector: { key: '' } };
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn, { region: 'eu-central-1', secretRef })));
    await assertIstioCa(await s.secretOf('cacerts'));
  });

  scenario('a request made before its issuer waits, and goes on by itself when the issuer comes', 'approving', async (s) => {
    const arn = await s.subordinate();
    await s.certificate('cacerts', cacertsSpec({ group, kind: 'AWSPCAClusterIssuer', name: s.namespace }));
    const waiting = await s.requestWith('cacerts-1', 'Pending');
    assert.match(readyOf(waiting)?.message ?? '', /^issuer could not be found/);
    await s.clusterIssuer(arn);
    await assertIstioCa(await s.secretOf('cacerts'));
    await assertOnce(s, arn);
  });

  scenario('a request is looked up strictly by kind: a cluster issuer does not serve kind AWSPCAIssuer', 'approving', async (s) => {
    const { name } = await s.clusterIssuer(await s.subordinate());
    await s.certificate('cacerts', cacertsSpec({ group, kind: 'AWSPCAIssuer', name }));
    const waiting = await s.requestWith('cacerts-1', 'Pending');
    assert.match(readyOf(waiting)?.message ?? '', /there is no AWSPCAIssuer e2e-/);
  });

  scenario('a Secret that comes after its issuer makes it Ready, without an edit', 'approving', async (s) => {
    await s.issuer(await s.subordinate(), { secretRef: { name: 'late' } });
    await issuerWith(s, 'AWSPCAIssuer', 'issuer', 'False', 'Error');
    await keysIn(s, 'late');
    await issuerWith(s, 'AWSPCAIssuer', 'issuer', 'True', 'Verified');
  });

  scenario('a Secret that is deleted makes requests wait by name, and they go on within seconds of its return', 'approving', async (s) => {
    const arn = await s.subordinate();
    await keysIn(s, 'aws');
    const issuerRef = await s.issuer(arn, { secretRef: { name: 'aws' } });
    await issuerWith(s, 'AWSPCAIssuer', 'issuer', 'True', 'Verified');
    await s.api.remove({ apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'aws' });
    const spec = { request: encodedCsr(), issuerRef, usages: ['digital signature', 'server auth'], duration: '24h' };
    const settled = async (name: string): Promise<string | undefined> => {
      const { namespace } = s;
      await s.request(name, spec);
      const object = await s.api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace, name }, (each) => readyOf(each) !== undefined);
      return readyOf(object)?.reason;
    };
    // What was read of it may be used for ten seconds more.
    let count = 0;
    while ((await settled(`request-${count}`)) === 'Issued') count++;
    const waiting = await s.requestWith(`request-${count}`, 'Pending');
    assert.match(readyOf(waiting)?.message ?? '', /failed to retrieve secret: secrets "aws" not found/);
    await keysIn(s, 'aws');
    await s.requestWith(`request-${count}`, 'Issued', 30_000);
    assert.equal(await s.issuedBy(arn), count + 1);
  });

  scenario('a disabled CA makes its issuer not Ready by name, requests wait, and both heal when it is enabled', 'approving', async (s) => {
    const arn = await s.subordinate();
    await s.emulator.setStatus(arn, 'DISABLED');
    const issuerRef = await s.clusterIssuer(arn);
    await issuerWith(s, 'AWSPCAClusterIssuer', s.namespace, 'False', 'CertificateAuthorityDisabled');
    await s.certificate('cacerts', cacertsSpec(issuerRef));
    assert.match(readyOf(await s.requestWith('cacerts-1', 'Pending'))?.message ?? '', /^issuer is not ready.*DISABLED/);
    await s.emulator.setStatus(arn, 'ACTIVE');
    await assertIstioCa(await s.secretOf('cacerts'));
  });

  scenario('a faulty spec is told in full, field by field', 'approving', async (s) => {
    const { name } = await s.clusterIssuer('arn:aws:acm-pca:eu-central-1:1:certificate-authority/x', { role: 'admin' });
    await issuerWith(s, 'AWSPCAClusterIssuer', name, 'False', 'Validation');
    const issuer = await s.api.get({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name });
    const { message = '' } = readyOf(issuer ?? assert.fail()) ?? {};
    assert.match(message, /^Failed to validate resource: .*spec\.arn is .*spec\.role is "admin"/);
  });

  scenario('a default template that disagrees with isCA makes the request wait, and an edit of the issuer heals it', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn, { pcaTemplate: { defaultTemplateName: 'EndEntityCertificate/V1' } });
    await s.certificate('cacerts', cacertsSpec(issuerRef));
    assert.match(readyOf(await s.requestWith('cacerts-1', 'Pending'))?.message ?? '', /makes a leaf certificate, but the request has isCA: true/);
    await s.clusterIssuer(arn, { pcaTemplate: { defaultTemplateName: 'SubordinateCACertificate_PathLen0/V1' } });
    await assertIstioCa(await s.secretOf('cacerts'));
    await assertOnce(s, arn);
  });

  scenario('an edit of an issued Certificate brings a certificate for the new name', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn);
    await s.certificate('cacerts', cacertsSpec(issuerRef));
    await s.secretOf('cacerts');
    await s.api.patch({ apiVersion: certManager, kind: 'Certificate', namespace: s.namespace, name: 'cacerts' }, { spec: { commonName: 'cluster-b.istio-ca' } });
    const renewed = await s.api.waitFor(
      { apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'cacerts' },
      ({ metadata }) => metadata.annotations?.['cert-manager.io/common-name'] === 'cluster-b.istio-ca',
      { what: 'the Secret for cluster-b' },
    );
    const { leaf } = await assertIstioCa(renewed);
    assert.equal(leaf.subject, 'CN=cluster-b.istio-ca');
    await assertOnce(s, arn);
  });
});
