// Who may ask which issuer for what: refusals, the words that say what would change them, and what happens when it changes.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiObject, Condition } from '../../hack/control-plane/api/objects.ts';
import { encodedCsr } from '../harness/csr.ts';
import { assertOnce, cacertsSpec, certManager, group, ours, readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa, assertRequestLeaf } from '../harness/verdict.ts';

const leafSpec = (issuerRef: IssuerRef): object => ({ request: encodedCsr(), issuerRef, duration: '24h', usages: ['server auth'] });

/** Waits until the request is refused in condition and Event. @returns the sentence. */
async function refused(s: Scenario, name: string, reason: 'NamespaceNotAllowed' | 'CANotAllowed'): Promise<string> {
  const told = await s.api.waitFor({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: s.namespace }, (event) => event['reason'] === reason && event['regarding']?.name === name, {
    what: `an Event ${reason} on ${name}`,
  });
  const message = readyOf(await s.requestWith(name, 'Pending'))?.message ?? '';
  assert.deepEqual([told['type'], told['note']], ['Warning', message]);
  return message;
}

/** Waits until the issuer says so. @returns it. */
function issuerThat(s: Scenario, { kind, name }: IssuerRef, what: string, holds: (issuer: ApiObject) => boolean): Promise<ApiObject> {
  const namespace = kind === 'AWSPCAIssuer' ? s.namespace : undefined;
  return s.api.waitFor({ apiVersion: ours, kind, namespace, name }, holds, { what: `${kind} ${name} ${what}` });
}

const isReady = (issuer: ApiObject): boolean => readyOf(issuer)?.status === 'True' && readyOf(issuer)?.observedGeneration === issuer.metadata.generation;

function warningOf(issuer: ApiObject): Condition | undefined {
  return ((issuer['status']?.conditions ?? []) as readonly Condition[]).find(({ type }) => type === 'CARequestsUnrestricted');
}

const labelNamespace = (s: Scenario, labels: object): Promise<unknown> => s.api.patch({ apiVersion: 'v1', kind: 'Namespace', name: s.namespace }, { metadata: { labels } });

describe('tenancy', { concurrency: 4 }, () => {
  scenario('a namespace that an issuer does not name waits, learns which field would change that, and goes on when it does', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn, { requestPolicy: { namespaces: ['secret-tenant'] } });
    await s.request('leaf', leafSpec(issuerRef));
    const sentence = await refused(s, 'leaf', 'NamespaceNotAllowed');
    assert.equal(sentence, `AWSPCAClusterIssuer ${s.namespace} does not serve requests of namespace ${s.namespace}: its spec.requestPolicy.namespaces does not name it; add it there, or name another issuer`);
    assert.deepEqual((await s.requestWith('leaf', 'Pending')).metadata.annotations?.['aws-privateca-issuer/certificate-arn'], undefined);
    assert.equal(await s.issuedBy(arn), 0);
    await s.clusterIssuer(arn, { requestPolicy: { namespaces: ['secret-tenant', s.namespace] } });
    await assertRequestLeaf(await s.requestWith('leaf', 'Issued'));
    assert.equal(await s.issuedBy(arn), 1);
  });

  scenario('a namespace is served by its labels, and lets its requests go on within a minute of getting them', 'approving', async (s) => {
    const arn = await s.subordinate();
    const namespaceSelector = { matchLabels: { mesh: 'true' }, matchExpressions: [{ key: 'closed', operator: 'DoesNotExist' }] };
    const issuerRef = await s.clusterIssuer(arn, { requestPolicy: { namespaces: ['secret-tenant'], namespaceSelector } });
    await s.request('leaf', leafSpec(issuerRef));
    assert.match(await refused(s, 'leaf', 'NamespaceNotAllowed'), /namespaces does not name it, and its spec\.requestPolicy\.namespaceSelector does not match its labels; add it to the former, change the labels/);
    await labelNamespace(s, { mesh: 'true' });
    await assertRequestLeaf(await s.requestWith('leaf', 'Issued', 90_000));
    await labelNamespace(s, { closed: 'yes' });
    // What was read of the namespace may be used for ten seconds more.
    let served = 0;
    for (let isServed = true; isServed; served++) {
      await s.request(`more-${served}`, leafSpec(issuerRef));
      const where = { apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: `more-${served}` };
      isServed = readyOf(await s.api.waitFor(where, (each) => readyOf(each) !== undefined))?.reason === 'Issued';
    }
    // That one may have been ordered while the namespace was served; it is held back all the same. The next is not even ordered.
    await refused(s, `more-${served - 1}`, 'NamespaceNotAllowed');
    const ordered = await s.issuedBy(arn);
    await s.request('last', leafSpec(issuerRef));
    assert.match(await refused(s, 'last', 'NamespaceNotAllowed'), /change the labels of the namespace/);
    assert.equal(await s.issuedBy(arn), ordered);
  });

  scenario('a namespace that may ask for leaves only gets no CA, whether by isCA or by the issuer\'s template, until caNamespaces names it', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn, { requestPolicy: { caNamespaces: [] } });
    await s.request('leaf', leafSpec(issuerRef));
    await assertRequestLeaf(await s.requestWith('leaf', 'Issued'));
    await s.certificate('cacerts', cacertsSpec(issuerRef));
    assert.match(await refused(s, 'cacerts-1', 'CANotAllowed'), new RegExp(`^AWSPCAClusterIssuer ${s.namespace} signs no CA certificates for namespace ${s.namespace}: its spec\\.requestPolicy\\.caNamespaces does not name it; add it there`));
    const pcaTemplate = { defaultTemplateName: 'SubordinateCACertificate_PathLen0/V1', overrideIsCA: true };
    await issuerThat(s, await s.clusterIssuer(arn, { requestPolicy: { caNamespaces: [] }, pcaTemplate }), 'to be checked after the edit', isReady);
    await s.request('disguised', leafSpec(issuerRef));
    await refused(s, 'disguised', 'CANotAllowed');
    assert.equal(await s.issuedBy(arn), 1);
    await s.clusterIssuer(arn, { requestPolicy: { caNamespaces: [s.namespace] } });
    await assertIstioCa(await s.secretOf('cacerts'));
    await assertOnce(s, arn);
  });

  scenario('a cluster issuer that lets everybody ask for a CA says so beside Ready, once, and no longer when caNamespaces is set', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn);
    const open = await issuerThat(s, issuerRef, 'to warn', (issuer) => warningOf(issuer) !== undefined);
    const { status, reason, message = '', observedGeneration } = warningOf(open) ?? assert.fail();
    assert.deepEqual([status, reason, observedGeneration, readyOf(open)?.status], ['True', 'AnyNamespace', open.metadata.generation, 'True']);
    assert.match(message, /^every namespace \((\d+|about \d+) now\) may ask .* cert-manager's approver.*spec\.requestPolicy\.caNamespaces$/);
    const told = await s.api.waitFor({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: 'default' }, (event) => event['reason'] === 'AnyNamespace' && event['regarding']?.name === issuerRef.name, {
      what: 'an Event AnyNamespace',
    });
    assert.equal(told['type'], 'Warning');
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': s.namespace } };
    await s.clusterIssuer(arn, { requestPolicy: { namespaceSelector } });
    const selected = await issuerThat(s, issuerRef, 'to warn of those that it serves', (issuer) => warningOf(issuer)?.reason === 'AnyServedNamespace');
    assert.match(warningOf(selected)?.message ?? '', /^every namespace that is served \(1 now\) may ask/);
    assert.equal(warningOf(selected)?.lastTransitionTime, warningOf(open)?.lastTransitionTime, 'its status did not change');
    await s.clusterIssuer(arn, { requestPolicy: { caNamespaces: [s.namespace] } });
    await issuerThat(s, issuerRef, 'to be Ready without a warning', (issuer) => isReady(issuer) && warningOf(issuer) === undefined);
  });

  scenario('a selector that the API server would refuse elsewhere is a fault of its field', 'approving', async (s) => {
    const matchExpressions = [{ key: 'mesh', operator: 'In' }, { key: 'team', operator: 'Exists', values: ['a'] }];
    const issuerRef = await s.clusterIssuer(await s.subordinate(), { requestPolicy: { namespaceSelector: { matchExpressions } } });
    const faulty = await issuerThat(s, issuerRef, 'to say Validation', (issuer) => readyOf(issuer)?.reason === 'Validation');
    const field = 'spec.requestPolicy.namespaceSelector.matchExpressions';
    assert.equal(
      readyOf(faulty)?.message,
      `Failed to validate resource: ${field}[0].values must name at least one value for the operator In; ${field}[1].values must be empty for the operator Exists`,
    );
  });

  scenario('a request that names the wrong kind is told that the other kind has an issuer of that name', 'approving', async (s) => {
    const arn = await s.subordinate();
    const { name } = await s.clusterIssuer(arn);
    await issuerThat(s, { group, kind: 'AWSPCAClusterIssuer', name }, 'to be Ready', isReady);
    await s.request('leaf', leafSpec({ group, kind: 'AWSPCAIssuer', name }));
    assert.equal(
      readyOf(await s.requestWith('leaf', 'Pending'))?.message,
      `issuer could not be found: there is no AWSPCAIssuer ${s.namespace}/${name}; create it, and this request goes on by itself. But there is an AWSPCAClusterIssuer of that name; set issuerRef.kind: AWSPCAClusterIssuer where the request comes from`,
    );
    assert.equal(await s.issuedBy(arn), 0);
  });

  scenario('an issuer may not use what is another tenant\'s, in aws-privateca-issuer\'s words and with the way out', 'approving', async (s) => {
    const arn = await s.subordinate();
    const namespaced = await s.issuer(arn, { secretRef: { name: 'aws', namespace: 'kube-system' } });
    const clusterWide = await s.clusterIssuer(arn, { secretRef: { name: 'aws' } });
    const sentenceOf = async (ref: IssuerRef): Promise<string | undefined> => readyOf(await issuerThat(s, ref, 'to say Error', (issuer) => readyOf(issuer)?.reason === 'Error'))?.message;
    assert.match((await sentenceOf(namespaced)) ?? '', /^secretRef: namespace must match the Issuer's namespace: spec\.secretRef\.namespace is kube-system, the issuer is in e2e-.*; correct it or leave it out/);
    assert.match((await sentenceOf(clusterWide)) ?? '', /^secretRef: namespace is required on an AWSPCAClusterIssuer: set spec\.secretRef\.namespace$/);
  });
});
