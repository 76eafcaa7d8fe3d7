// The samples and examples that aws-privateca-issuer v1.12.0 ships apply unchanged, and issue where its defaults let them.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { account, region, roleArn as controllerRole, serviceAccount } from '../../hack/world/trust.ts';
import { peerModule } from '../../hack/world/peer-module.ts';
import { putKeys, roleArn } from '../harness/identities.ts';
import { cacertsSpec, certManager, group, ours, readyOf, scenario, type Scenario } from '../harness/scenario.ts';

const key = { keyAlgorithm: 'EC_prime256v1' } as const;

interface Places {
  /** ARN of the CA that belongs into a file, by the region that the file names. */
  readonly arnIn: (region: string) => Promise<string>;
  readonly role: string;
}

/** Fills in what the author of a file left open: ARNs, regions, roles, keys. */
async function filled(text: string, { arnIn, role }: Places): Promise<string> {
  const arn = await arnIn(/^ *region: ([a-z]+-[a-z]+-\d)/m.exec(text)?.[1] ?? region);
  return text
    .replaceAll(/<some-pca-arn>|\{\{(?:EC|RSA)_CA_ARN\}\}/g, arn)
    .replaceAll(/<some-region>|\{\{REGION\}\}/g, region)
    .replaceAll(/<some-role-arn>|<role-arn-trusting-[^>]*>/g, role)
    .replaceAll('<controller-service-account>', serviceAccount.name)
    .replaceAll('<controller-namespace>', serviceAccount.namespace)
    .replaceAll(/\{\{BASE64_\w+\}\}/g, Buffer.from('key').toString('base64'));
}

/** What its Ready condition says of the spec as it stands now. */
function wordOf(object: ApiObject): string {
  const ready = readyOf(object);
  if (ready === undefined || ready.observedGeneration !== (object.metadata as { generation?: number }).generation) return 'nothing yet';
  return ready.status === 'True' ? 'Ready' : `${ready.reason}: ${ready.message?.slice(0, 17)}`;
}

/** Waits until the object says what is expected of it. */
async function settle(s: Scenario, { apiVersion, kind, metadata: { name = '', namespace } }: ApiObject, expected: string): Promise<void> {
  await s.api.waitFor({ apiVersion, kind, namespace, name }, (each) => wordOf(each) === expected, { what: `${kind} ${name} of the peer to say ${expected}` });
}

scenario('every sample and example of aws-privateca-issuer v1.12.0 is admitted as it stands, and does what its author means', 'approving', async (s) => {
  const folder = await peerModule('v1.12.0');
  const arns = new Map<string, Promise<string>>();
  const make = async (where: string): Promise<string> => {
    const { authorities } = await s.emulator.createHierarchy({ name: `${s.namespace}-${where}`, account, region: where, tiers: [{ name: 'root', ...key }] });
    return authorities[0]?.arn ?? '';
  };
  const arnIn = (where: string): Promise<string> => {
    const known = arns.get(where) ?? make(where);
    arns.set(where, known);
    return known;
  };
  const role = roleArn();
  const { issuer } = await s.api.request<{ issuer: string }>({ path: '/.well-known/openid-configuration' });
  await s.emulator.createRole({ arn: role, trust: [{ principal: controllerRole }, { provider: issuer, subject: 'system:serviceaccount:team-a:pca-issuer' }] });
  await s.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
  await putKeys({ ...s, namespace: 'default' }, 'example');

  // Certificates last, each gone before the next, since some have the same name.
  const files = globSync('config/{samples,examples}/**/*.yaml', { cwd: folder }).toSorted();
  const isCertificate = (file: string): boolean => /^kind: Certificate$/m.test(readFileSync(join(folder, file), 'utf8'));
  const rank = (file: string): number => (file.includes('/cluster-issuer/') ? 1 : 0) + (isCertificate(file) ? 2 : 0);
  assert.ok(files.length >= 15, `${files.length} files`);
  let settled = 0;
  for (const file of files.toSorted((one, two) => rank(one) - rank(two))) {
    const objects = parseManifests(await filled(readFileSync(join(folder, file), 'utf8'), { arnIn, role }))
      .map((object) => (object.kind === 'AWSPCAClusterIssuer' ? object : { ...object, metadata: { namespace: 'default', ...object.metadata } }));
    await s.api.apply(objects);
    for (const object of objects) {
      // The namespaced samples name no credentials, which 1.12 refuses unless a flag allows it.
      const isWithout = /minimal|samples\/awspcaissuer_/.test(file);
      if (object.kind.startsWith('AWSPCA')) await settle(s, object, isWithout ? 'Error: empty credentials' : 'Ready');
      if (object.kind === 'Certificate') {
        if (!isWithout) await settle(s, object, 'Ready');
        await s.api.remove({ apiVersion: certManager, kind: 'Certificate', namespace: 'default', name: object.metadata.name ?? '' });
      }
      if (file.endsWith('issuer-with-template.yaml')) {
        const spec = { ...cacertsSpec({ group, kind: 'AWSPCAIssuer', name: 'example' }), secretName: 'peer-template', commonName: 'peer' };
        const certificate = { apiVersion: certManager, kind: 'Certificate', metadata: { name: 'peer-template', namespace: 'default' }, spec };
        await s.api.apply(certificate);
        await settle(s, certificate, 'Ready');
      }
      settled++;
    }
  }
  assert.ok(settled >= 20, `${settled} objects`);
  await s.api.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'team-a' });
  for (const name of ['example', 'pca-cluster-issuer-ec', 'pca-cluster-issuer-rsa']) await s.api.remove({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name });
});
