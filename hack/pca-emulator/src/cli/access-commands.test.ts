import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, startWorld } from '../fixtures/running-emulator.ts';
import { role } from './role-command.ts';
import { share, shares } from './share-commands.ts';

const world = await startWorld();
const url = ['--url', world.url];
const arn = `arn:aws:iam::${account}:role/r`;

test('a role is made with its trust and given to workloads', async () => {
  await role([arn, '--trust', '{"principal":"ec2.amazonaws.com"}', '--trust', '{"principal":"pods.eks.amazonaws.com"}', '--pod-identity', 'a/b', '--instance-profile', ...url]);
  assert.deepEqual(await world.admin.podIdentityAssociations(), [{ namespace: 'a', serviceAccount: 'b', roleArn: arn, clusterName: 'emulated' }]);
  const { roles } = (await (await fetch(`${world.url}/admin/roles`)).json()) as { readonly roles: unknown };
  assert.deepEqual(roles, [{ arn, trust: [{ principal: 'ec2.amazonaws.com' }, { principal: 'pods.eks.amazonaws.com' }] }]);
  await role([arn, '--end-sessions', '--delete', ...url]);
  assert.equal(await (await fetch(`${world.url}/admin/roles`)).text(), '{"roles":[]}\n');
});

test('a CA is shared by the names of AWS\'s permissions, and no longer', async () => {
  await share([world.ca, '--account', '444455556666', '--permission', 'AWSRAMRevokeCertificateCertificateAuthority', ...url]);
  const [made] = await world.admin.shares();
  assert.deepEqual(made?.permissions, ['AWSRAMRevokeCertificateCertificateAuthority']);
  await shares(['--remove', made?.id ?? '', ...url]);
  assert.deepEqual(await world.admin.shares(), []);
});

test('what cannot be read is told by the name of its flag, and a wrong word by the server', async () => {
  await assert.rejects(role([arn, '--trust', '{', ...url]), /^Error: --trust must be JSON/);
  await assert.rejects(role([arn, '--pod-identity', 'b', ...url]), /^Error: --pod-identity must be NAMESPACE\/SERVICEACCOUNT, not b$/);
  await assert.rejects(role([arn, '--trust', '{"principle":"x"}', ...url]), /unknown field principle; known are provider/);
  await assert.rejects(share([world.ca, ...url]), /^Error: share needs the ARN of a CA and --account$/);
});
