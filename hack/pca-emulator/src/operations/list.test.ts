import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListCertificateAuthoritiesCommand, ListTagsCommand, paginateListCertificateAuthorities, paginateListTags } from '@aws-sdk/client-acm-pca';
import { account, clientOf, region, startWorld, twoTiers } from '../fixtures/running-emulator.ts';

const world = await startWorld();
const { admin } = world;
const tags = Array.from({ length: 5 }, (_, index) => ({ Key: `key-${index}`, Value: `value ${index}` }));
const { authorities: more } = await admin.createHierarchy({ name: 'more', account, region, tiers: twoTiers.map((tier) => ({ ...tier, tags })) });
await admin.createHierarchy({ name: 'west', account, region: 'eu-west-1', tiers: twoTiers });
const { authorities: foreign } = await admin.createHierarchy({ name: 'foreign', account: '444455556666', region, tiers: twoTiers });
const own = [world.root, world.ca, ...more.map(({ arn }) => arn)];
const list = (input = {}) => world.sdk.send(new ListCertificateAuthoritiesCommand(input));

test('the list has the CAs of the account and region, in the words of Describe', async () => {
  const { CertificateAuthorities: listed = [], NextToken: next } = await list();
  assert.deepEqual([listed.map(({ Arn: arn }) => arn), next], [own, undefined]);
  assert.deepEqual([listed[1]?.Status, listed[1]?.OwnerAccount, listed[1]?.NotAfter instanceof Date], ['ACTIVE', account, true]);
});

test('pages follow one another to the end, each CA once', async () => {
  const pages: (string | undefined)[][] = [];
  for await (const { CertificateAuthorities: page = [] } of paginateListCertificateAuthorities({ client: world.sdk, pageSize: 3 }, {})) pages.push(page.map(({ Arn: arn }) => arn));
  assert.deepEqual(pages.map(({ length }) => length), [3, 1]);
  assert.deepEqual(pages.flat(), own);
});

test('a token that was not given, or was given for another list, is invalid', async () => {
  const { NextToken: token = '' } = await list({ MaxResults: 1 });
  const west = clientOf(world.url, await admin.createAccessKey({ account }), 'eu-west-1');
  const calls = [list({ NextToken: 'made up' }), list({ NextToken: `${token}=` }), list({ NextToken: token, ResourceOwner: 'OTHER_ACCOUNTS' }), west.send(new ListCertificateAuthoritiesCommand({ NextToken: token }))];
  for (const call of calls) await assert.rejects(call, { name: 'InvalidNextTokenException' });
  west.destroy();
});

test('foreign CAs are listed when they may be described', async () => {
  const others = async () => (await list({ ResourceOwner: 'OTHER_ACCOUNTS' })).CertificateAuthorities?.map(({ Arn: arn }) => arn);
  assert.deepEqual(await others(), []);
  await admin.addPermission({ id: 'share', effect: 'allow', ca: foreign[1]?.arn ?? '' });
  assert.deepEqual(await others(), [foreign[1]?.arn]);
  await admin.clearPermissions('share');
});

test('MaxResults is from 1 to 1000', async () => {
  for (const count of [0, 1001]) await assert.rejects(list({ MaxResults: count }), { name: 'ValidationException', message: /maxResults/ });
});

test('tags come in pages, and an untagged CA has none', async () => {
  const read: unknown[] = [];
  for await (const { Tags: page } of paginateListTags({ client: world.sdk, pageSize: 2 }, { CertificateAuthorityArn: more[1]?.arn })) read.push(page);
  assert.deepEqual(read, [tags.slice(0, 2), tags.slice(2, 4), tags.slice(4)]);
  assert.deepEqual((await world.sdk.send(new ListTagsCommand({ CertificateAuthorityArn: world.ca }))).Tags, []);
});

test('tags can be changed, and a token of one CA is not one of another', async () => {
  await admin.changeAuthority({ arn: world.ca, tags: [{ Key: 'team', Value: 'mesh' }, { Key: 'bare' }] });
  const tagsOf = (ca: string | undefined, NextToken?: string) =>
    world.sdk.send(new ListTagsCommand({ CertificateAuthorityArn: ca, MaxResults: 1, ...(NextToken === undefined ? {} : { NextToken }) }));
  const { Tags: page, NextToken: token } = await tagsOf(world.ca);
  assert.deepEqual(page, [{ Key: 'team', Value: 'mesh' }]);
  await assert.rejects(tagsOf(more[1]?.arn, token), { name: 'InvalidNextTokenException' });
  await assert.rejects(admin.changeAuthority({ arn: world.ca, tags: [{ Key: '' }] }), /tags\.1\.member\.key/);
});
