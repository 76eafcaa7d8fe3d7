import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { authorityAnnotation, serialAnnotation } from '../domain/request-traces.ts';
import { authorityArn, certificate, cluster, denied, held, otherArn, paths, request, run, secret, serial, stranger } from './test-stage.ts';

const revoked = `${authorityArn} ${serial} KEY_COMPROMISE`;
const search = (kind: 'certificate' | 'request' | 'secret', name: string) => ({ kind, name, namespace: 'istio-system' }) as const;

test('a Certificate leads to what its request of this revision was given, and the Secret with the key is not read', async () => {
  const { code, revoked: done, asked, said } = await run({});
  assert.deepEqual([code, done], [0, [revoked]]);
  assert.ok(!asked.includes(paths.secret));
  assert.match(said, /in {11}Certificate istio-system\/cacerts, Secret cacerts/);
});

test('a request, a Secret and a serial number lead there as well', async () => {
  const objects = { ...cluster, [paths.secret]: secret };
  assert.deepEqual((await run({ search: search('request', 'cacerts-2') })).revoked, [revoked]);
  assert.deepEqual((await run({ search: search('secret', 'cacerts') }, { objects })).revoked, [revoked]);
  const bySerial = await run({ search: undefined, serial: serial.replace(/^0/, ''), authorityArn }, { objects: {} });
  assert.deepEqual([bySerial.revoked, bySerial.asked, bySerial.writes], [[revoked], [], []]);
  assert.match(bySerial.said, /subject {6}CN=cluster-a\.istio-ca/);
});

test('a Secret that cert-manager does not know leads there by the issuer that it names, or by --ca', async () => {
  const annotations = { 'cert-manager.io/issuer-group': 'awspca.cert-manager.io', 'cert-manager.io/issuer-kind': 'AWSPCAClusterIssuer', 'cert-manager.io/issuer-name': 'mesh-root' };
  const lone = (more: object) => ({ ...secret, metadata: { ...secret.metadata, annotations: more } });
  const known = { [paths.awsIssuer]: cluster[paths.awsIssuer]! };
  assert.deepEqual((await run({ search: search('secret', 'cacerts') }, { objects: { ...known, [paths.secret]: lone(annotations) } })).revoked, [revoked]);
  const without = { objects: { ...known, [paths.secret]: lone({}) } };
  const lost = await run({ search: search('secret', 'cacerts') }, without);
  assert.deepEqual([lost.code, lost.revoked], [2, []]);
  assert.match(lost.complained, /Name the CA with --ca ARN/);
  assert.deepEqual((await run({ search: search('secret', 'cacerts'), authorityArn }, without)).revoked, [revoked]);
});

test('a Secret that its Certificate writes no more is revoked as itself, and the Certificate is not renewed for it', async () => {
  const annotations = { 'cert-manager.io/certificate-name': 'cacerts', 'cert-manager.io/issuer-group': 'awspca.cert-manager.io', 'cert-manager.io/issuer-kind': 'AWSPCAClusterIssuer', 'cert-manager.io/issuer-name': 'mesh-root' };
  const old = { ...secret, metadata: { ...secret.metadata, annotations } };
  const objects = { ...cluster, [paths.secret]: old, [paths.certificate]: certificate({ secretName: 'cacerts-new' }) };
  const done = await run({ search: search('secret', 'cacerts') }, { objects });
  assert.deepEqual(done.revoked, [revoked]);
  assert.match(done.said, /in {11}Secret istio-system\/cacerts$/m);
  const renewed = await run({ search: search('secret', 'cacerts'), isRenewed: true }, { objects });
  assert.deepEqual([renewed.code, renewed.revoked, renewed.writes], [2, [], []]);
});

test('a Certificate without a revision has no request, not even one that names none', async () => {
  const unborn = { ...certificate(), status: {} };
  const objects = { ...cluster, [paths.certificate]: unborn, [paths.requests]: { items: [request(stranger.pem, {}, '')] }, [paths.secret]: secret };
  assert.deepEqual((await run({}, { objects })).revoked, [revoked], 'what the Secret holds');
});

test('the issuer may name another CA by now: the one that shows the certificate is asked to revoke it', async () => {
  const objects = { ...cluster, [paths.awsIssuer]: { spec: { arn: otherArn } } };
  assert.deepEqual((await run({}, { objects })).revoked, [revoked]);
});

test('whatever the annotations say, nothing but the very certificate is revoked', async () => {
  const hostile = fc.record({
    [serialAnnotation]: fc.oneof(fc.constantFrom('7a1b2c3d4e5f60718293a4b5c6d7e8f9', '', `0${serial}`, serial.toUpperCase()), fc.string()),
    [authorityAnnotation]: fc.oneof(fc.constantFrom(authorityArn, otherArn, ''), fc.string()),
  });
  await fc.assert(fc.asyncProperty(hostile, async (annotations) => {
    const { revoked: done } = await run({}, { objects: { ...cluster, [paths.requests]: { items: [request(held.pem, annotations)] } } });
    assert.deepEqual(done, [revoked]);
  }), { numRuns: 60 });
});

test('what AWS does not show is not revoked', async () => {
  const missing = await run({}, { issued: [stranger] });
  assert.deepEqual([missing.code, missing.revoked], [2, []]);
  assert.match(missing.complained, /No CA asked has issued it/);
  const refused = await run({}, { answers: { find: { ...denied, code: 'AccessDeniedException' } } });
  assert.deepEqual([refused.code, refused.revoked], [2, []]);
  assert.match(refused.complained, /AccessDeniedException: you may not\. .*acm-pca:GetCertificate/);
});

test('what is not there, or may not be read, is said', async () => {
  const rows = [
    [{}, {}, /There is no Certificate istio-system\/cacerts/],
    [{ search: search('request', 'x') }, {}, /There is no CertificateRequest/],
    [{ search: search('secret', 'x') }, {}, /There is no Secret/],
    [{}, { [paths.certificate]: denied }, /cannot be read: you may not/],
    [{ search: search('request', 'cacerts-2') }, { [paths.request]: request('') }, /has no certificate/],
    [{}, { [paths.certificate]: certificate() }, /holds no certificate/],
    [{ isRenewed: true, search: undefined, serial, authorityArn }, {}, /nothing can be renewed/],
  ] as const;
  for (const [order, objects, words] of rows) {
    const { code, complained, revoked: done } = await run(order, { objects });
    assert.deepEqual([code, done], [2, []]);
    assert.match(complained, words);
  }
});

test('it asks, and only yes revokes; --dry-run only shows', async () => {
  const no = await run({ isConfirmed: false });
  assert.deepEqual([no.code, no.revoked, no.complained], [1, [], 'Nothing was revoked.']);
  assert.match(no.said, /This certificate will be revoked/);
  assert.deepEqual((await run({ isConfirmed: false }, { confirms: true })).revoked, [revoked]);
  const dry = await run({ isDryRun: true, isConfirmed: false });
  assert.deepEqual([dry.code, dry.revoked, dry.writes], [0, [], []]);
});

test('it says plainly what Istio will and will not notice, and where the revocation can be seen', async () => {
  const { said } = await run({ isDryRun: true });
  for (const words of [/istiod will not/, /Proxies and ztunnel will not/, /publishes no CRL and answers no OCSP/, /remote Secret/, /with istiod, all workloads of this cluster/]) assert.match(said, words);
});

test('who hangs from it is shown: pods that mount the Secret, issuers that sign with it, their Certificates', async () => {
  const objects = {
    ...cluster,
    [paths.pods]: { items: [{ metadata: { name: 'istiod-7' }, spec: { volumes: [{ secret: { secretName: 'cacerts' } }] } }, { metadata: { name: 'other' }, spec: { volumes: [{ secret: { secretName: 'x' } }] } }, { metadata: { name: 'agent' }, spec: { volumes: [{ projected: { sources: [{ secret: { name: 'cacerts' } }] } }] } }] },
    [paths.issuers]: { items: [{ metadata: { name: 'mesh' }, spec: { ca: { secretName: 'cacerts' } } }, { metadata: { name: 'self' }, spec: { selfSigned: {} } }] },
    [paths.certificates]: { items: [{ metadata: { name: 'istio-csr' }, spec: { issuerRef: { name: 'mesh' } } }, { metadata: { name: 'web' }, spec: { issuerRef: { name: 'mesh', kind: 'ClusterIssuer' } } }] },
  };
  const { said } = await run({ isDryRun: true }, { objects });
  assert.match(said, /Pods that mount the Secret: istiod-7, agent\n/);
  assert.match(said, /issuers that sign with it: Issuer mesh\n/);
  assert.match(said, /Certificates of those issuers: istio-csr\n/);
  assert.match((await run({ isDryRun: true }, { objects: { ...cluster, [paths.pods]: denied } })).said, /\? Pods in istio-system could not be looked at: you may not/);
});

test('an Event tells of it, on the Certificate; one that cannot be written changes nothing', async () => {
  const { writes } = await run({});
  const body = writes[0]?.body as { regarding: object; reason: string; note: string };
  assert.equal(writes[0]?.path, '/apis/events.k8s.io/v1/namespaces/istio-system/events');
  assert.deepEqual(body.regarding, { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace: 'istio-system', name: 'cacerts', uid: 'u1' });
  assert.match(body.note, new RegExp(`serial ${serial} was revoked at ${authorityArn} \\(KEY_COMPROMISE\\)`));
  const silent = await run({}, { answers: { write: () => denied } });
  assert.equal(silent.code, 0);
  assert.match(silent.complained, /No Event was written/);
});

test('--renew marks the Certificate as cmctl does, after the revocation, and keeps the other conditions', async () => {
  const { code, writes, said } = await run({ isRenewed: true });
  assert.equal(code, 0);
  assert.deepEqual(writes.map(({ method, path }) => `${method} ${path}`), [`PATCH ${paths.certificate}/status`, 'POST /apis/events.k8s.io/v1/namespaces/istio-system/events']);
  assert.deepEqual(writes[0]?.body, {
    metadata: { resourceVersion: '7' },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'Certificate re-issuance manually triggered by pca-issuer revoke', lastTransitionTime: '2026-06-01T12:00:00Z', observedGeneration: 3 },
      ],
    },
  });
  assert.match(said, /another certificate with another key/);
  assert.match((await run({ isRenewed: true, isDryRun: true }, { objects: { ...cluster, [paths.certificate]: certificate({ privateKey: { rotationPolicy: 'Never' } }) } })).said, /THE SAME KEY/);
});

test('a conflict is tried again; another refusal says what to do by hand, and gives 1', async () => {
  const conflict = { ...denied, class: 'conflict', code: '409 Conflict' } as const;
  const again = await run({ isRenewed: true }, { answers: { write: (_, index) => (index === 0 ? conflict : undefined) } });
  assert.deepEqual([again.code, again.writes.filter(({ method }) => method === 'PATCH').length], [0, 2]);
  const refused = await run({ isRenewed: true }, { answers: { write: ({ method }) => (method === 'PATCH' ? denied : undefined) } });
  assert.deepEqual([refused.code, refused.revoked], [1, [revoked]]);
  assert.match(refused.complained, /cmctl renew -n istio-system cacerts/);
});

test('AWS refuses: nothing is renewed and nothing is told; revoked before: the rest is done all the same', async () => {
  const refused = await run({ isRenewed: true }, { answers: { revoke: { ...denied, code: 'AccessDeniedException' } } });
  assert.deepEqual([refused.code, refused.writes], [1, []]);
  assert.match(refused.complained, /It was not revoked\. AccessDeniedException/);
  const before = await run({ isRenewed: true }, { answers: { revoke: 'was-revoked' } });
  assert.deepEqual([before.code, before.writes.length], [0, 2]);
  assert.match(before.said, /revoked before/);
});
