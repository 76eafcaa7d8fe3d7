// The controller's own credentials, in each way in which a process can have them, used by both kinds of issuers.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe } from 'node:test';
import { account, serviceAccount } from '../../hack/world/trust.ts';
import { startControllerProcess, writeWebIdentityToken } from '../../hack/world/controller-process.ts';
import { kinds, applyIssuer, ask, issuerSays, lastOrder, leafFrom, roleArn } from '../harness/identities.ts';
import { retireFirst } from '../harness/replicas.ts';
import { certManager, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { worldOf } from '../harness/worlds.ts';

const bundle = join(import.meta.dirname, '../../dist/pca-issuer.mjs');
/** What a process needs that must not ask for instance metadata. */
const noMetadata = { AWS_EC2_METADATA_DISABLED: 'true' };
let number = 0;

/** Runs a controller that finds these variables, and ends it afterwards. */
async function withController({ world: { api, address } }: Scenario, ambient: Readonly<Record<string, string>>, run: () => Promise<void>, flags: readonly string[] = []): Promise<void> {
  const common = { api, directory: address.directory, emulatorUrl: address.emulatorUrl, form: 'bundle', bundle } as const;
  const name = `ambient-${number++}`;
  const controller = await startControllerProcess({ ...common, name, ambient, flags: ['--issuer-ambient-credentials=true', '--cluster-name=a', ...flags] });
  try {
    await run();
  } finally {
    await controller.kill();
  }
}

/** Both kinds issue, and AWS saw this caller. */
async function bothIssueAs(s: Scenario, caller: RegExp, spec: object = {}): Promise<void> {
  for (const kind of kinds) {
    const arn = await s.subordinate();
    await leafFrom(s, await applyIssuer(s, kind, arn, spec));
    const order = await lastOrder(s, arn);
    assert.match(order.caller ?? '', caller);
    assert.match(order.userAgent ?? '', new RegExp(`cluster/a issuer/${kind}\\.`));
  }
}

/** A file of this scenario. */
async function fileOf({ world, namespace }: Scenario, name: string, text: string): Promise<string> {
  const directory = join(world.address.directory, 'ambient', namespace);
  await mkdir(directory, { recursive: true });
  const file = join(directory, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

describe('the controller\'s own credentials', { concurrency: 1 }, () => {
  before(async () => retireFirst(await worldOf('ambient')));

  scenario('keys in the environment, and a role on top of them', 'ambient', async (s) => {
    const key = await s.emulator.createAccessKey({ account, user: 'from-environment' });
    await withController(s, { ...noMetadata, AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }, async () => {
      await bothIssueAs(s, /:user\/from-environment$/);
      const role = roleArn();
      await s.emulator.createRole({ arn: role, trust: [{ principal: key.principalArn, externalId: 'mesh' }] });
      await bothIssueAs(s, /:assumed-role\/e2e-\S+\/pca-issuer@a@/, { role, roleOptions: { externalId: 'mesh' } });
    });
  });

  scenario('a profile of a shared config file that assumes a role', 'ambient', async (s) => {
    const key = await s.emulator.createAccessKey({ account, user: 'from-file' });
    const role = roleArn();
    await s.emulator.createRole({ arn: role, trust: [{ principal: key.principalArn, externalId: 'mesh' }] });
    const credentials = await fileOf(s, 'credentials', `[base]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`);
    const config = await fileOf(s, 'config', `[profile mesh]\nrole_arn = ${role}\nsource_profile = base\nexternal_id = mesh\nrole_session_name = from-profile\nregion = eu-central-1\n`);
    const environment = { ...noMetadata, AWS_PROFILE: 'mesh', AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
    await withController(s, environment, () => bothIssueAs(s, /:assumed-role\/e2e-\S+\/from-profile$/));
  });

  scenario('IRSA: the projected token of the controller\'s ServiceAccount; the session carries the cluster\'s name', 'ambient', async (s) => {
    const token = await writeWebIdentityToken(s.api, join(s.world.address.directory, 'tokens', s.namespace));
    const role = await roleOfController(s);
    await withController(s, { ...noMetadata, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: token }, async () => {
      await bothIssueAs(s, /:assumed-role\/e2e-\S+\/pca-issuer@a$/);
      // AWS ends the session early, as an administrator can.
      assert.ok((await s.emulator.endSessions(role)) > 0);
      await bothIssueAs(s, /:assumed-role\/e2e-\S+\/pca-issuer@a$/);
    });
  });

  scenario('EKS Pod Identity: the agent\'s answer for the token of the controller\'s ServiceAccount', 'ambient', async (s) => {
    const role = roleArn();
    await s.emulator.createRole({ arn: role, trust: [{ principal: 'pods.eks.amazonaws.com' }] });
    await s.emulator.associatePodIdentity({ namespace: serviceAccount.namespace, serviceAccount: serviceAccount.name, roleArn: role, clusterName: 'a' });
    const token = await s.api.token(serviceAccount.namespace, serviceAccount.name, { audiences: ['pods.eks.amazonaws.com'], expirationSeconds: 3_600 });
    const environment = {
      ...noMetadata,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${s.world.address.emulatorUrl}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await fileOf(s, 'pod-identity-token', token),
    };
    await withController(s, environment, () => bothIssueAs(s, /:assumed-role\/e2e-/));
  });

  scenario('an instance profile', 'ambient', async (s) => {
    const role = roleArn();
    await s.emulator.createRole({ arn: role, trust: [{ principal: 'ec2.amazonaws.com' }] });
    await s.emulator.attachInstanceProfile(role);
    await withController(s, { AWS_EC2_METADATA_SERVICE_ENDPOINT: s.world.address.emulatorUrl }, () => bothIssueAs(s, /:assumed-role\/e2e-/));
    await s.emulator.detachInstanceProfile();
  });

  scenario('no credentials at all: the issuer says so, and an issuer with a Secret of its own does not mind, nor that STS is away', 'ambient', async (s) => {
    await withController(s, noMetadata, async () => {
      const arn = await s.subordinate();
      await s.clusterIssuer(arn);
      await issuerSays(s, 'AWSPCAClusterIssuer', 'False', 'Error', /Could not load credentials from any providers/);
      const faults = await Promise.all(['AssumeRole', 'AssumeRoleWithWebIdentity'].map((operation) => s.emulator.fault({ operation, kind: 'hang', times: 'until-cleared' })));
      const key = await s.emulator.createAccessKey({ account, user: 'tester' });
      await s.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: s.namespace }, stringData: { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey } });
      await leafFrom(s, await s.issuer(arn, { secretRef: { name: 'keys' } }));
      await Promise.all(faults.map(({ id }) => s.emulator.clearFaults({ id })));
    });
  });

  scenario('a controller that watches one namespace serves its requests and issuers, and never writes to those of another', 'ambient', async (s) => {
    const key = await s.emulator.createAccessKey({ account, user: 'narrow' });
    const other = `${s.namespace}-other`;
    await s.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
    const run = async (): Promise<void> => {
      const arn = await s.subordinate();
      const clusterWide = await s.clusterIssuer(arn);
      const ignored = await ask({ ...s, request: (name, spec) => s.api.create({ apiVersion: certManager, kind: 'CertificateRequest', metadata: { name, namespace: other }, spec }) }, clusterWide);
      await leafFrom(s, clusterWide);
      await leafFrom(s, await s.issuer(arn, {}));
      const left = await s.api.get({ apiVersion: certManager, kind: 'CertificateRequest', namespace: other, name: ignored });
      assert.equal(readyOf(left ?? assert.fail()), undefined);
      assert.equal(await s.issuedBy(arn), 2);
    };
    await withController(s, { ...noMetadata, AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }, run, [`--watch-namespaces=${s.namespace}`]);
    await s.api.remove({ apiVersion: 'v1', kind: 'Namespace', name: other });
  });

  scenario('with both ambient flags off each kind refuses in the peer\'s words, and names its flag', 'ambient', async (s) => {
    const run = async (): Promise<void> => {
      for (const kind of kinds) {
        const issuerRef = await applyIssuer(s, kind, await s.subordinate(), {});
        const flag = kind === 'AWSPCAIssuer' ? '--issuer-ambient-credentials' : '--cluster-issuer-ambient-credentials';
        await issuerSays(s, kind, 'False', 'Error', new RegExp(`^empty credentials; perhaps you meant to enable ambient credentials\\? .* with the flag ${flag}=true`));
        await s.requestWith(await ask(s, issuerRef), 'Pending');
      }
    };
    await withController(s, noMetadata, run, ['--issuer-ambient-credentials=false', '--cluster-issuer-ambient-credentials=false']);
  });
});

async function roleOfController(s: Scenario): Promise<string> {
  const { issuer } = await s.api.request<{ issuer: string }>({ path: '/.well-known/openid-configuration' });
  const role = roleArn();
  await s.emulator.createRole({ arn: role, trust: [{ provider: issuer, subject: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}` }] });
  return role;
}
