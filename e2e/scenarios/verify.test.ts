// `verify` judges what was really issued, and copies of it that somebody broke, as hack/check does; `revoke` takes back what it says.
// Both run as the built bundle, each with the rights that its page names and no more.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judge } from '../../hack/control-plane/check.ts';
import { parseManifests, readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { dataOf, textsOf } from '../../hack/control-plane/api/secret-data.ts';
import { writeServiceAccountKubeconfig } from '../../hack/control-plane/service-account.ts';
import { pemBlocks } from '../../hack/control-plane/pem-blocks.ts';
import { account, region } from '../../hack/world/trust.ts';
import { askBundle } from '../harness/bundle.ts';
import { cacertsSpec, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';

type Files = Readonly<Record<string, string>>;

async function writeFiles(folder: string, name: string, files: Files): Promise<string> {
  const directory = path.join(folder, name);
  await mkdir(directory);
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(directory, file), text, 'latin1');
  return directory;
}

/** The ServiceAccount and the Role of the sample, in the scenario's namespace. @returns a kubeconfig for it. */
async function reader(s: Scenario, folder: string): Promise<string> {
  const sample = await readManifests(path.join(import.meta.dirname, '../../config/samples/verify-job.yaml'));
  const moved = parseManifests(JSON.stringify(sample.filter(({ kind }) => kind !== 'Job')).replaceAll('istio-system', s.namespace));
  for (const object of moved.flatMap((each) => (Array.isArray(each) ? (each as ApiObject[]) : [each]))) await s.api.apply(object);
  return await writeServiceAccountKubeconfig(s.api, folder, { namespace: s.namespace, name: 'pca-issuer-verify' });
}

scenario('verify finds nothing wrong with two cacerts that were really issued, with the rights of its sample, and names what is wrong with broken copies', 'approving', async (s) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'verify-'));
  const issuerRef = await s.clusterIssuer(await s.subordinate());
  await s.certificate('cacerts', cacertsSpec(issuerRef));
  await s.certificate('other', { ...cacertsSpec(issuerRef, { algorithm: 'RSA', size: 2048 }), secretName: 'other', commonName: 'cluster-b.istio-ca' });
  const [one, other] = [textsOf(await s.secretOf('cacerts')), textsOf(await s.secretOf('other'))];
  await s.api.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'istio-ca-root-cert', namespace: s.namespace }, data: { 'root-cert.pem': one['ca.crt'] } });
  const kubeconfig = await reader(s, folder);
  const context = `${s.namespace}-pca-issuer-verify`;
  const second = await writeFiles(folder, 'second', other);

  const good = await askBundle({}, 'verify', '--kubeconfig', kubeconfig, '--context', context, '--namespace', s.namespace, '--dir', second);
  assert.deepEqual([good.code, good.err], [0, ''], good.out);
  const said = ['✓ format', '✓ key', '✓ dates      until', 'renewed from', 'hands out the same roots', `✓ ${context} → second`, `✓ second → ${context}`, 'Both clusters are good'];
  for (const words of said) assert.ok(good.out.includes(words), `${words}\n${good.out}`);
  assert.ok(!good.out.includes('\u001B'), 'colours without a terminal');

  const sub = pemBlocks(one['tls.crt'] ?? '')[1] ?? '';
  const planted: Readonly<Record<string, Files>> = {
    'no-final-newline': { ...one, 'tls.crt': (one['tls.crt'] ?? '').trimEnd() },
    'missing-intermediate': { ...one, 'tls.crt': (one['tls.crt'] ?? '').replace(sub, '') },
    'subordinate-as-root': { ...one, 'ca.crt': sub },
    'key-mismatch': { ...one, 'tls.key': other['tls.key'] ?? '' },
    crlf: { ...one, 'ca.crt': (one['ca.crt'] ?? '').replaceAll('\n', '\r\n') },
  };
  for (const [name, files] of Object.entries(planted)) {
    const { code, out } = await askBundle({}, 'verify', '--output', 'json', '--dir', await writeFiles(folder, name, files));
    const { clusters } = JSON.parse(out) as { clusters: readonly { findings: readonly { name: string }[] }[] };
    assert.deepEqual([code, clusters[0]?.findings.map((finding) => finding.name)], [1, [name]]);
    assert.equal((await judge({ data: dataOf(files) }, { profile: 'istio-ca' })).holds, false, `hack/check takes ${name}`);
  }
  assert.equal((await askBundle({}, 'verify', '--kubeconfig', kubeconfig, '--namespace', 'kube-system')).code, 2);
  await rm(folder, { recursive: true });
});

scenario('revoke takes back the certificate of a Certificate as the person who runs it, has it renewed, and tells of it', 'approving', async (s) => {
  const arn = await s.subordinate();
  await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
  const first = await s.secretOf('cacerts');
  const { accessKeyId, secretAccessKey } = await s.emulator.createAccessKey({ account, user: 'on-call' });
  const asPerson = { KUBECONFIG: s.world.address.kubeconfig, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ENDPOINT_URL: s.emulator.url, AWS_REGION: region };
  const which = ['revoke', '--certificate', 'cacerts', '-n', s.namespace, '--reason', 'key-compromise'];

  const shown = await askBundle(asPerson, ...which, '--dry-run');
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /subject {6}CN=cluster-a\.istio-ca[\s\S]*istiod will not/);
  assert.equal((await askBundle(asPerson, ...which)).code, 2, 'without a terminal it does not ask');
  assert.equal((await s.emulator.journal({ ca: arn })).counters.operations['RevokeCertificate'], undefined);

  const done = await askBundle(asPerson, ...which, '--renew', '--yes');
  assert.deepEqual([done.code, done.err], [0, ''], done.out);
  const { entries } = await s.emulator.journal({ ca: arn });
  const calls = entries.filter(({ operation }) => operation === 'RevokeCertificate');
  assert.deepEqual(calls.map(({ outcome, caller }) => [outcome, caller]), [['ok', `arn:aws:iam::${account}:user/on-call`]]);
  const serial = calls[0]?.certificateArn?.split('/').at(-1) ?? '';
  assert.ok(done.out.includes(`Revoked: serial ${serial} (KEY_COMPROMISE).`), done.out);

  const where = { apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'cacerts' };
  const second = await s.api.waitFor(where, (secret) => secret['data']['tls.crt'] !== first['data']['tls.crt'], { what: 'the renewed Secret' });
  await assertIstioCa(second, { renewedFrom: first });
  const events = await s.api.request<{ items: readonly { reason: string; note: string; regarding: { name: string } }[] }>({ path: `/apis/events.k8s.io/v1/namespaces/${s.namespace}/events` });
  const told = events.items.find(({ reason }) => reason === 'Revoked');
  assert.equal(told?.regarding.name, 'cacerts');
  assert.ok(told?.note.includes(serial));

  const again = await askBundle({ ...asPerson, KUBECONFIG: '/nonexistent' }, 'revoke', '--serial', serial, '--ca', arn, '--yes');
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /It was revoked before/);
});
