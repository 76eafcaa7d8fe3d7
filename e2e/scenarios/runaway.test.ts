// What may a loop cost? Limits of certificates per hour, and a Certificate that is issued again and again, while hours pass.
import assert from 'node:assert/strict';
import { dataOf } from '../../hack/control-plane/api/secret-data.ts';
import { passTime, passUntilIssued } from '../harness/clocks.ts';
import { encodedCsr } from '../harness/csr.ts';
import { certManager, judge, ours, readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';

const minute = 60_000;

/** Orders leaves for a day one after the other, and approves each. */
async function orderLeaves(s: Scenario, issuerRef: IssuerRef, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await s.request(name, { request: encodedCsr(), issuerRef, duration: '24h', usages: ['server auth'] });
    await judge(s, name, 'Approved');
  }
}

/** Waits until the request says in condition and Event that it is held. @returns the sentence. */
async function heldBy(s: Scenario, name: string, reason: 'CertificateLimit' | 'RenewalLoop'): Promise<string> {
  const told = await s.api.waitFor({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: s.namespace }, (event) => event['reason'] === reason && event['regarding']?.name === name, {
    what: `an Event ${reason} on ${name}`,
  });
  const request = await s.requestWith(name, 'Pending');
  assert.equal(told['type'], 'Warning');
  assert.equal(told['note'], readyOf(request)?.message);
  return readyOf(request)?.message ?? '';
}

scenario('three certificates an hour: two of five requests wait, say until when, and are issued an hour later', 'paced', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn, { requestPolicy: { maxCertificatesPerHour: 3 } });
  const names = ['a', 'b', 'c', 'd', 'e'];
  await orderLeaves(s, issuerRef, names.slice(0, 3));
  await passUntilIssued(s, arn, names.slice(0, 3), 1_000, 30);
  await orderLeaves(s, issuerRef, names.slice(3));
  const told = await Promise.all(names.slice(3).map((name) => heldBy(s, name, 'CertificateLimit')));
  for (const sentence of told) assert.match(sentence, new RegExp(`^AWSPCAClusterIssuer ${s.namespace} has issued as many certificates within an hour as its spec\\.requestPolicy\\.maxCertificatesPerHour allows \\(3\\)`));
  await passTime(s, 50 * minute);
  const another = { apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: `${s.namespace}-b` }, spec: { arn } };
  await s.api.apply(another);
  await orderLeaves(s, { ...issuerRef, name: another.metadata.name }, ['barrier']);
  await passUntilIssued(s, arn, ['barrier'], 1_000, 30);
  await s.api.remove({ ...another, name: another.metadata.name });
  assert.equal(await s.issuedBy(arn), 4, 'three, and that of another issuer of the same CA');
  for (const name of names.slice(3)) assert.ok(told.includes(readyOf(await s.requestWith(name, 'Pending'))?.message ?? ''), 'the sentence stays the same');
  await passTime(s, 11 * minute);
  await passUntilIssued(s, arn, names, 2_000, 30);
  await assertRequestLeaf(await s.requestWith('d', 'Issued'));
  assert.equal(await s.issuedBy(arn), 6);
});

scenario('a limit that is raised lets those that wait go on', 'paced', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn, { requestPolicy: { maxCertificatesPerHour: 1 } });
  await orderLeaves(s, issuerRef, ['first']);
  await passUntilIssued(s, arn, ['first'], 1_000, 30);
  await orderLeaves(s, issuerRef, ['second']);
  await heldBy(s, 'second', 'CertificateLimit');
  await s.clusterIssuer(arn, { requestPolicy: { maxCertificatesPerHour: 2 } });
  await passUntilIssued(s, arn, ['second'], 1_000, 30);
});

scenario('a storm of leaves that uses up the limit does not hold a mesh\'s CA', 'paced', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn, { requestPolicy: { maxCertificatesPerHour: 10 } });
  const leaves = Array.from({ length: 12 }, (_, index) => `leaf-${index}`);
  await orderLeaves(s, issuerRef, leaves.slice(0, 9));
  await passUntilIssued(s, arn, leaves.slice(0, 9), 1_000, 60);
  await orderLeaves(s, issuerRef, leaves.slice(9));
  for (const name of leaves.slice(9)) assert.match(await heldBy(s, name, 'CertificateLimit'), /allows \(10, 1 of them kept for CA certificates\)/);
  await s.request('cacerts', { request: encodedCsr(), issuerRef, duration: '2160h', isCA: true, usages: ['digital signature', 'cert sign', 'crl sign'] });
  await judge(s, 'cacerts', 'Approved');
  await passUntilIssued(s, arn, ['cacerts'], 1_000, 30);
  assert.equal(await s.issuedBy(arn), 10);
});

scenario('a Certificate whose Secret somebody destroys again and again costs six certificates, then one a minute, two, four', 'paced', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  const certificate = { apiVersion: certManager, kind: 'Certificate', namespace: s.namespace, name: 'mesh' };
  const requestOf = (revision: number) => ({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: `mesh-${revision}` });
  const spec = { secretName: 'mesh', commonName: 'mesh', isCA: true, duration: '2160h', privateKey: { algorithm: 'ECDSA' }, usages: ['digital signature', 'cert sign', 'crl sign'], issuerRef };

  /** Approves what cert-manager asks for next. */
  const approve = async (revision: number): Promise<void> => {
    await s.api.waitFor(requestOf(revision), () => true, { what: `request mesh-${revision}` });
    await judge(s, `mesh-${revision}`, 'Approved');
  };
  const isIssued = (revision: number) => s.api.waitFor(certificate, (object) => object['status']?.revision === revision, { what: `revision ${revision}` });
  /** Waits for the Secret, and writes something else where the certificate was. */
  const destroy = async (revision: number): Promise<void> => {
    await isIssued(revision);
    await s.api.patch({ apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'mesh' }, { data: dataOf({ 'tls.crt': 'nonsense' }) });
  };

  await s.certificate('mesh', spec);
  for (let revision = 1; revision <= 6; revision++) {
    await approve(revision);
    await passUntilIssued(s, arn, [`mesh-${revision}`], 1_000, 30);
    await destroy(revision);
  }
  for (const [revision, waitMs] of [[7, minute], [8, 2 * minute], [9, 4 * minute]] as const) {
    await approve(revision);
    const told = await heldBy(s, `mesh-${revision}`, 'RenewalLoop');
    assert.match(told, new RegExp(`^Certificate ${s.namespace}/mesh renews again and again: ${revision - 2} times since .* Usual causes: spec\\.renewBefore close to the duration \\(90 days\\)`));
    assert.equal(await s.issuedBy(arn), revision - 1);
    await passTime(s, waitMs);
    await passUntilIssued(s, arn, [`mesh-${revision}`], 1_000, 10);
    if (revision < 9) await destroy(revision);
  }
  await isIssued(9);
  assert.equal(await s.issuedBy(arn), 9);
});

scenario('requests without a Certificate are not taken for a loop, nor is one of an hour that is renewed every 20 minutes', 'paced', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  const names = Array.from({ length: 12 }, (_, index) => `istio-csr-${index}`);
  await orderLeaves(s, issuerRef, names);
  await passUntilIssued(s, arn, names, 1_000, 60);
  for (let renewal = 0; renewal < 9; renewal++) {
    const name = `calm-${renewal}`;
    await s.api.create({
      apiVersion: certManager,
      kind: 'CertificateRequest',
      metadata: { name, namespace: s.namespace, annotations: { 'cert-manager.io/certificate-name': 'calm' } },
      spec: { request: encodedCsr(), issuerRef, duration: '1h', usages: ['server auth'] },
    });
    await judge(s, name, 'Approved');
    await passUntilIssued(s, arn, [name], 1_000, 30);
    await passTime(s, 20 * minute);
  }
});
