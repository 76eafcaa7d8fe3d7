// What people copy and paste: it is current, and a real API server admits it as it stands.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { parseManifests, readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { guides } from '../../hack/docs/guides.ts';
import { blocksOf, isValues, type Block } from '../../hack/docs/markdown.ts';
import { renderValues } from '../../hack/docs/render-values.ts';
import { staleRenderings } from '../../hack/generate/generate.ts';
import { ours } from '../harness/scenario.ts';
import { leaveWorlds, worldOf } from '../harness/worlds.ts';

const root = path.join(import.meta.dirname, '../..');

after(leaveWorlds);

/** Creates the object without keeping it. @throws ApiError where the API server, or cert-manager's webhook, refuses it */
async function admit(object: ApiObject): Promise<void> {
  const { api } = await worldOf('approving');
  const namespace = object.metadata.namespace;
  if (namespace !== undefined) await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const folder = await api.pathOf({ apiVersion: object.apiVersion, kind: object.kind, namespace });
  await api.request({ method: 'POST', path: `${folder}?dryRun=All&fieldValidation=Strict`, body: object });
}

const blocksIn = (file: string): readonly Block[] => blocksOf(readFileSync(path.join(root, file), 'utf8'));

/** @returns how many there were */
async function admitBlocksOf(file: string): Promise<number> {
  const blocks = blocksIn(file).filter((block) => block.language === 'yaml' && !isValues(block));
  for (const { text } of blocks) for (const object of parseManifests(text)) await admit(object);
  return blocks.length;
}

test('config/default is what helm renders from the chart', async () => {
  assert.deepEqual(await staleRenderings(), []);
});

test('every sample is admitted as it stands', async () => {
  for (const folder of ['', 'short-lived-ca', 'gloo-relay']) {
    for (const object of await readManifests(path.join(root, 'config/samples', folder))) await admit(object);
  }
});

test('every manifest in the README is admitted as it stands', async () => {
  assert.ok((await admitBlocksOf('README.md')) > 0);
});

test('every manifest in the guides is admitted as it stands', async () => {
  // Some have theirs in commands, which e2e/guides types.
  let admitted = 0;
  for (const file of guides(root)) admitted += await admitBlocksOf(file);
  assert.ok(admitted > 10);
});

test('the chart takes all values of the guides, and what it makes of them is admitted', async () => {
  const all = guides(root).flatMap((file) => blocksIn(file).filter(isValues));
  assert.ok(all.length > 3);
  for (const { text } of all) {
    const rendered = await renderValues(root, text);
    await admit(rendered.find(({ kind }) => kind === 'Deployment') ?? assert.fail('there is no Deployment'));
  }
});

test('the Deployment of config/default is admitted', async () => {
  const deployment = (await readManifests(path.join(root, 'config/default'))).find(({ kind }) => kind === 'Deployment');
  await admit(deployment ?? assert.fail('there is none'));
});

test('objects of aws-privateca-issuer, as its users and its Go client write them, are admitted', async () => {
  const arn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555';
  const empty = { accessKeyIDSelector: { key: '' }, secretAccessKeySelector: { key: '' } };
  const specs = [
    { arn, region: 'eu-central-1', secretRef: empty },
    { arn, secretRef: { name: 'keys', namespace: 'default', accessKeyIDSelector: { name: 'x', key: 'a', optional: true }, secretAccessKeySelector: { name: '', key: 'b' } } },
    { arn, role: 'arn:aws:iam::111122223333:role/x', serviceAccountRef: { name: 'sa', namespace: 'default' }, notBeforeOffset: '2h0m0s' },
    { pcaTemplate: { defaultTemplateName: 'SubordinateCACertificate_PathLen2/V1' } },
    {},
  ];
  for (const [index, spec] of specs.entries()) {
    await admit({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: `peer-${index}` }, spec });
    await admit({ apiVersion: ours, kind: 'AWSPCAIssuer', metadata: { name: `peer-${index}`, namespace: 'default' }, spec });
  }
});
