// Session tags: their form, who may set them, and what they open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeCertificateAuthorityCommand } from '@aws-sdk/client-acm-pca';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { account, clientOf, region, startWorld } from '../fixtures/running-emulator.ts';
import { ApiError } from '../wire/api-error.ts';
import type { PrincipalTrust, Role } from './role.ts';
import { requestedTags, withTransitiveTags } from './session-tags.ts';

const formWith = (tags: readonly (readonly [string, string])[], ...transitive: readonly string[]): URLSearchParams =>
  new URLSearchParams([
    ...tags.flatMap(([key, value], index): [string, string][] => [[`Tags.member.${index + 1}.Key`, key], [`Tags.member.${index + 1}.Value`, value]]),
    ...transitive.map((key, index): [string, string] => [`TransitiveTagKeys.member.${index + 1}`, key]),
  ]);
const refused = (form: URLSearchParams, code: string, message: RegExp) =>
  assert.throws(() => requestedTags(form), (error) => error instanceof ApiError && error.code === code && message.test(error.message));
const many = (count: number) => Array.from({ length: count }, (_, index) => [`k${index}`, ''] as const);

test('tags and transitive keys are read in order', () => {
  assert.deepEqual(requestedTags(formWith([['cluster', 'a b'], ['team', '']], 'team')), { tags: { cluster: 'a b', team: '' }, transitiveTagKeys: ['team'] });
  assert.deepEqual(requestedTags(new URLSearchParams()), { tags: {}, transitiveTagKeys: [] });
});

test('fifty tags pass and fifty-one do not', () => {
  assert.equal(Object.keys(requestedTags(formWith(many(50))).tags).length, 50);
  refused(formWith(many(51)), 'ValidationError', /'tags'.*less than or equal to 50$/);
});

test('a key has 1 to 128 characters and a value 256 at most, of the kinds that AWS takes', () => {
  assert.ok(requestedTags(formWith([['k'.repeat(128), 'v'.repeat(256)], ['schlüssel:/=+-@_.', 'Wert 1']])));
  refused(formWith([['k'.repeat(129), '']]), 'ValidationError', /'tags\.1\.member\.key'.*less than or equal to 128$/);
  refused(formWith([['a', ''], ['b', 'v'.repeat(257)]]), 'ValidationError', /'tags\.2\.member\.value'.*less than or equal to 256$/);
  refused(formWith([['', 'v']]), 'ValidationError', /greater than or equal to 1$/);
  refused(formWith([['a*', '']]), 'ValidationError', /regular expression/);
  refused(new URLSearchParams({ 'Tags.member.1.Key': 'a' }), 'ValidationError', /'tags\.1\.member\.value'.*not be null$/);
});

test('a key comes once, whatever its case, and a transitive one is a key that is set', () => {
  refused(formWith([['Team', 'a'], ['team', 'b']]), 'InvalidParameterValue', /case insensitive/);
  refused(formWith([['team', 'a']], 'cluster'), 'InvalidParameterValue', /must be included/);
});

test('transitive tags go on into the next session and cannot be set anew', () => {
  const caller = { tags: { cluster: 'a', team: 'b' }, transitiveTagKeys: ['cluster'] };
  assert.deepEqual(withTransitiveTags({ tags: { step: '2' }, transitiveTagKeys: [] }, caller), { tags: { cluster: 'a', step: '2' }, transitiveTagKeys: ['cluster'] });
  assert.throws(() => withTransitiveTags({ tags: { Cluster: 'z' }, transitiveTagKeys: [] }, caller), /transitive tag key from the calling session/);
});

const world = await startWorld();
const { admin } = world;
const key = await admin.createAccessKey({ account });
const user = `arn:aws:iam::${account}:user/tester`;
const arn = `arn:aws:iam::${account}:role/tagged`;
const tags = { cluster: 'prod-1', namespace: 'mesh' };
const trusting = (trust: Partial<PrincipalTrust>, more: Partial<Role> = {}) => admin.createRole({ arn, trust: [{ principal: user, ...trust }], ...more });
interface Order {
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitive?: string[];
  readonly name?: string;
  readonly role?: string;
  readonly by?: Parameters<typeof clientOf>[1];
}
const assume = ({ tags: set = {}, transitive = [], name = 'issuer', role = arn, by = key }: Order = {}) =>
  fromTemporaryCredentials({
    masterCredentials: by,
    clientConfig: { endpoint: world.url, region, maxAttempts: 1, customUserAgent: [['pca-issuer', '1'], ['cluster', 'prod-1']] },
    params: {
      RoleArn: role, RoleSessionName: name, ExternalId: 'x',
      ...(Object.keys(set).length > 0 ? { Tags: Object.entries(set).map(([Key, Value]) => ({ Key, Value })) } : {}),
      ...(transitive.length > 0 ? { TransitiveTagKeys: transitive } : {}),
    },
  })();
const describe = (credentials: Parameters<typeof clientOf>[1]) => clientOf(world.url, credentials).send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca }));
const denied = (action: string, resource = arn, who = user) => ({ name: 'AccessDenied', message: `User: ${who} is not authorized to perform: sts:${action} on resource: ${resource}` });

test('the journal tells tags, external id, session name and user agent, and no secret', async () => {
  await trusting({});
  const session = await assume({ tags, transitive: ['cluster'] });
  const { entries } = await admin.journal();
  assert.deepEqual(entries.at(-1)?.parameters, { RoleArn: arn, RoleSessionName: 'issuer', ExternalId: 'x', Tags: tags, TransitiveTagKeys: ['cluster'] });
  assert.match(entries.at(-1)?.userAgent ?? '', /^aws-sdk-js\/.*pca-issuer\/1 cluster\/prod-1/);
  await describe(session);
  const written = await admin.journal();
  assert.match(written.entries.at(-1)?.userAgent ?? '', /^aws-sdk-js\//);
  assert.ok(![session.secretAccessKey, session.sessionToken ?? '', key.secretAccessKey].some((secret) => JSON.stringify(written).includes(secret)));
});

test('a trust without sts:TagSession takes sessions without tags only', async () => {
  await trusting({ allowsTags: false });
  assert.ok(await assume());
  await assert.rejects(assume({ tags }), denied('TagSession'));
});

test('a trust may ask for tags and for a session name', async () => {
  await trusting({ requestTags: { cluster: 'prod-*' }, sessionName: 'iss*' });
  assert.ok(await assume({ tags }));
  await assert.rejects(assume({ tags: { cluster: 'test-1' } }), denied('AssumeRole'));
  await assert.rejects(assume({ tags: { namespace: 'mesh' } }), denied('AssumeRole'));
  await assert.rejects(assume({ tags, name: 'other' }), denied('AssumeRole'));
});

test('permissions of a role and rules for all may ask for the caller\'s tags', async () => {
  await trusting({}, { permissions: [{ operation: 'Describe*', principalTags: { cluster: 'prod-*' } }] });
  assert.ok(await describe(await assume({ tags })));
  await assert.rejects(describe(await assume({ tags: { cluster: 'test-1' } })), { name: 'AccessDeniedException' });
  await assert.rejects(describe(await assume()), { name: 'AccessDeniedException' });
  await admin.addPermission({ effect: 'deny', principalTags: { namespace: 'mesh' } });
  await assert.rejects(describe(await assume({ tags })), { message: /with an explicit deny/ });
  assert.ok(await describe(await assume({ tags: { cluster: 'prod-2' } })));
  await admin.clearPermissions();
});

test('a chained session keeps the transitive tags, for which the next trust must allow tags', async () => {
  const next = `arn:aws:iam::${account}:role/next`;
  const nextTrust = { principal: arn };
  await trusting({});
  const first = await assume({ tags, transitive: ['cluster'] });
  await admin.createRole({ arn: next, trust: [nextTrust], permissions: [{ principalTags: { cluster: 'prod-1' } }] });
  assert.ok(await describe(await assume({ by: first, role: next })));
  await admin.createRole({ arn: next, trust: [nextTrust], permissions: [{ principalTags: { namespace: '*' } }] });
  await assert.rejects(describe(await assume({ by: first, role: next })), { name: 'AccessDeniedException' });
  await admin.createRole({ arn: next, trust: [{ ...nextTrust, allowsTags: false }] });
  await assert.rejects(assume({ by: first, role: next }), denied('TagSession', next, `arn:aws:sts::${account}:assumed-role/tagged/issuer`));
});

test('a role\'s sessions end at once when told, and new ones can be had', async () => {
  await trusting({});
  const before = await assume();
  assert.ok(await describe(before));
  assert.ok((await admin.endSessions(arn)) > 0);
  await assert.rejects(describe(before), { name: 'ExpiredTokenException', message: 'The security token included in the request is expired' });
  assert.equal(await admin.endSessions(arn), 0);
  assert.ok(await describe(await assume()));
});

test('a role that is deleted takes its sessions with it', async () => {
  await trusting({});
  const session = await assume();
  await admin.deleteRole(arn);
  await assert.rejects(describe(session), { name: 'UnrecognizedClientException' });
  await assert.rejects(assume(), denied('AssumeRole'));
});
