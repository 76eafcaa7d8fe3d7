import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsPcaIssuerSpec } from './api.gen.ts';
import { identityFaults, judgeIdentity, peerIdentityFaults, type IdentityRules } from './issuer-identity.ts';
import type { IssuerKey } from './issuer.ts';
import { sessionName, userAgentOf } from './session-name.ts';

const rules: IdentityRules = { allowsCluster: true, allowsNamespaced: false, clusterName: 'a' };
const namespaced: IssuerKey = { kind: 'AWSPCAIssuer', namespace: 'mesh', name: 'root' };
const cluster: IssuerKey = { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'root' };
const role = 'arn:aws:iam::123456789012:role/mesh';
const faultsOf = (spec: AwsPcaIssuerSpec): string => [...peerIdentityFaults(spec), ...identityFaults(spec, 'aws')].join('; ');

test('the table of identities, row by row, on both kinds', () => {
  const secretRef = { name: 'keys', namespace: 'mesh' };
  const serviceAccountRef = { name: 'mesh', namespace: 'mesh' };
  const rows: readonly (readonly [AwsPcaIssuerSpec, string, string])[] = [
    [{ secretRef }, 'secret', 'secret'],
    [{ secretRef, role }, 'secret+1', 'secret+1'],
    [{ serviceAccountRef, role }, 'service-account', 'service-account'],
    [{ serviceAccountRef }, 'role must be set when using serviceAccountRef', 'role must be set when using serviceAccountRef'],
    [{ secretRef, serviceAccountRef, role }, 'set only one of secretRef and serviceAccountRef', 'set only one of secretRef and serviceAccountRef'],
    [{}, 'empty credentials', 'ambient'],
    [{ role }, 'empty credentials', 'ambient+1'],
  ];
  const tell = (key: IssuerKey, spec: AwsPcaIssuerSpec, given: IdentityRules): string => {
    const faults = faultsOf(spec);
    if (faults !== '') return faults;
    const judged = judgeIdentity(key, spec, given);
    return typeof judged === 'string' ? (judged.split(';')[0] ?? '') : `${judged.kind}${judged.roles.length === 0 ? '' : `+${judged.roles.length}`}`;
  };
  for (const [spec, onNamespaced, onCluster] of rows) {
    assert.deepEqual([tell(namespaced, spec, rules), tell(cluster, spec, rules)], [onNamespaced, onCluster], JSON.stringify(spec));
  }
  const flipped = { ...rules, allowsCluster: false, allowsNamespaced: true };
  assert.deepEqual([tell(namespaced, {}, flipped), tell(cluster, { role }, flipped)], ['ambient', 'empty credentials']);
});

test('what an issuer may read lies in its own namespace, and a cluster issuer says where', () => {
  for (const [field, spec] of [
    ['secretRef', (namespace?: string) => ({ secretRef: { name: 'x', ...(namespace === undefined ? {} : { namespace }) } })],
    ['serviceAccountRef', (namespace?: string) => ({ role, serviceAccountRef: { name: 'x', ...(namespace === undefined ? {} : { namespace }) } })],
  ] as const) {
    assert.equal(judgeIdentity(cluster, spec(), rules), `${field}: namespace is required on an AWSPCAClusterIssuer: set spec.${field}.namespace`);
    assert.equal(judgeIdentity(namespaced, spec('other'), rules), `${field}: namespace must match the Issuer's namespace: spec.${field}.namespace is other, the issuer is in mesh; correct it or leave it out, or make an AWSPCAClusterIssuer, which may name any namespace`);
    const own = judgeIdentity(namespaced, spec(), rules);
    assert.ok(typeof own === 'object' && own.kind !== 'ambient' && own.namespace === 'mesh');
  }
});

test('roles follow one another, each under a name that tells cluster and issuer; tags go to the first that can take them', () => {
  const thenAssume = [{ role: 'arn:aws:iam::444455556666:role/pca', externalId: 'two' }];
  const chain = judgeIdentity(cluster, { role, roleOptions: { externalId: 'one', tags: { team: 'mesh' }, thenAssume } }, rules);
  assert.deepEqual(typeof chain === 'object' && chain.roles, [
    { arn: role, sessionName: 'pca-issuer@a@root', externalId: 'one', tags: { team: 'mesh' } },
    { arn: thenAssume[0]?.role, sessionName: 'pca-issuer@a@root', externalId: 'two', tags: {} },
  ]);
  const exchanged = judgeIdentity(namespaced, { role, serviceAccountRef: { name: 'mesh' }, roleOptions: { sessionName: 'mine', tags: { team: 'mesh' }, thenAssume } }, rules);
  assert.ok(typeof exchanged === 'object' && exchanged.kind === 'service-account');
  assert.deepEqual([exchanged.role, exchanged.audiences], [{ arn: role, sessionName: 'mine' }, ['sts.amazonaws.com']]);
  assert.deepEqual(exchanged.roles, [{ arn: thenAssume[0]?.role, sessionName: 'mine', externalId: 'two', tags: { team: 'mesh' } }]);
});

test('every fault names its field, the value and the way out, and all are told at once', () => {
  assert.match(faultsOf({ role: 'mesh', roleOptions: { sessionName: 'a b', externalId: '!' } }), /^spec\.role is "mesh", which .*; spec\.roleOptions\.sessionName is "a b"; write .*; spec\.roleOptions\.externalId is not one/);
  assert.match(faultsOf({ roleOptions: { sessionName: 'mine' } }), /^spec\.roleOptions says how spec\.role is assumed, and spec\.role is not set/);
  assert.match(faultsOf({ role: 'arn:aws-cn:iam::123456789012:role/x' }), /a role of the partition aws-cn, but the CA of spec\.arn is in aws; .* begins with arn:aws:iam::$/);
  assert.match(faultsOf({ role, roleOptions: { thenAssume: [{ role: 'x' }] } }), /^spec\.roleOptions\.thenAssume\[0\]\.role is "x"/);
  assert.match(faultsOf({ role, serviceAccountRef: { name: 'm' }, roleOptions: { externalId: 'id', tags: { a: 'b' } } }), /^spec\.roleOptions\.externalId cannot be sent .*; spec\.roleOptions\.tags cannot be sent/);
  assert.match(faultsOf({ role, roleOptions: { tags: { 'aws:x': 'y', long: 'x'.repeat(257) } } }), /the key "aws:x".*spec\.roleOptions\.tags\.long has 257 characters/);
  assert.equal(faultsOf({ role, roleOptions: { externalId: 'mesh-4711', sessionName: 'mesh', tags: { a: 'b' } } }), '');
});

test('a session name has the characters and the length that AWS admits, and long ones stay different', () => {
  assert.equal(sessionName('', undefined), 'pca-issuer');
  assert.equal(sessionName('a', namespaced), 'pca-issuer@a@mesh@root');
  const long = (name: string): string => sessionName('arn:aws:eks/cluster', { ...namespaced, name: `${'x'.repeat(80)}${name}` });
  assert.match(long('1'), /^[\w+=,.@-]{64}$/);
  assert.notEqual(long('1'), long('2'));
  assert.equal(userAgentOf('a', namespaced), 'cluster/a issuer/AWSPCAIssuer.mesh.root');
  assert.equal(userAgentOf('', cluster), 'issuer/AWSPCAClusterIssuer.root');
});
