// What `pca-issuer verify` says of two real clusters at once: all good, and each of the three ways in which clusters are mixed up.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { askBundle } from '../harness/bundle.ts';
import { certManager } from '../harness/scenario.ts';
import { meshScenario, type Mesh } from './stage.ts';
import { caOf, editIssuer, establish, renewSecret, subordinateUnder, untilHandedOut } from './steps.ts';

interface Named {
  readonly name: string;
}

/** What people have: both clusters in one file, with contexts of their own choosing. */
async function oneKubeconfig(folder: string, { a, b }: Mesh): Promise<string> {
  const files = await Promise.all([a, b].map(async ({ name, cluster }) => ({ name, config: parse(await readFile(cluster.kubeconfig, 'utf8')) as Record<'clusters' | 'contexts' | 'users', readonly Named[]> })));
  const all = (list: 'clusters' | 'users') => files.flatMap(({ config }) => config[list]);
  const contexts = files.flatMap(({ name, config }) => config.contexts.map((each) => ({ ...each, name })));
  const file = path.join(folder, 'both');
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: all('clusters'), users: all('users'), contexts, 'current-context': 'a' }), { mode: 0o600 });
  return file;
}

meshScenario('verify looks at two clusters at once: good, one Secret in both, one under another root, and one that still hands out the old root', async ({ a, b }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'verify-'));
  const [one, other] = [await subordinateUnder(a, 'root', 'mesh'), await subordinateUnder(a, 'other-root', 'mesh')];
  const [secretA, secretB] = await Promise.all([a, b].map((party) => establish(party, one.arn)));
  assert.ok(secretA !== undefined && secretB !== undefined);
  await Promise.all([untilHandedOut(a, caOf(secretA)), untilHandedOut(b, caOf(secretB))]);
  const kubeconfig = await oneKubeconfig(folder, { a, b });
  const both = ['--context', 'a', '--context', 'b', '--namespace', a.namespace];
  /** @returns the names of the errors, each with what it is about. */
  const errors = async (): Promise<readonly string[]> => {
    const { code, out, err } = await askBundle({}, 'verify', '--kubeconfig', kubeconfig, ...both, '--output', 'json');
    assert.deepEqual([code, err], [1, ''], out);
    type Finding = { readonly name: string; readonly level: string; readonly about: string };
    const report = JSON.parse(out) as { readonly findings: readonly Finding[]; readonly clusters: readonly { readonly name: string; readonly findings: readonly Finding[] }[] };
    const own = report.clusters.flatMap(({ name, findings }) => findings.map((each) => ({ ...each, about: name })));
    return [...own, ...report.findings].filter(({ level }) => level === 'error').map(({ name, about }) => `${name}: ${about}`);
  };

  const good = await askBundle({}, 'verify', '--kubeconfig', kubeconfig, ...both);
  assert.deepEqual([good.code, good.err], [0, ''], good.out);
  for (const words of ['signs for a', 'signs for b', '✓ a → b', '✓ b → a', 'hands out the same roots', 'Both clusters are good']) assert.ok(good.out.includes(words), `${words}\n${good.out}`);
  const contexts = [a, b].map(({ cluster }) => `e2e-mesh-${cluster.name.at(-1)}`);
  const twoFiles = await askBundle({ KUBECONFIG: [a, b].map(({ cluster }) => cluster.kubeconfig).join(path.delimiter) }, 'verify', ...contexts.flatMap((each) => ['--context', each]), '--namespace', a.namespace);
  assert.deepEqual([twoFiles.code, twoFiles.err], [0, ''], twoFiles.out);
  assert.ok(twoFiles.out.includes(`✓ ${contexts.join(' → ')}`), twoFiles.out);

  // Somebody applies a's Secret to b, and the Certificate that would take it back is not there.
  const certificate = { apiVersion: certManager, kind: 'Certificate', namespace: b.namespace, name: 'cacerts' };
  await b.api.remove(certificate);
  await b.untilTaken(() => b.api.patch({ apiVersion: 'v1', kind: 'Secret', namespace: b.namespace, name: 'cacerts' }, { data: secretA['data'] as object }));
  assert.deepEqual(await errors(), ['mixed-up-clusters: a, b'], 'both work, and whoever takes over one has the other');

  // b comes under another root; its istiod refuses that, and goes on handing out the former.
  await editIssuer(b, other.arn);
  await b.orderCacerts();
  const strange = await b.cacertsAfter(secretA);
  await b.istiod().waitForLog('Multi root is disabled');
  const apart = ['different-roots: a, b', 'peer-refuses: a → b', 'peer-refuses: b → a'];
  assert.deepEqual(await errors(), ['old-root-handed-out: b', ...apart]);
  await b.startIstiod();
  await untilHandedOut(b, caOf(strange));
  assert.deepEqual(await errors(), apart);

  await editIssuer(b, one.arn);
  const back = await renewSecret(b);
  await b.startIstiod();
  await untilHandedOut(b, caOf(back));
  assert.equal((await askBundle({}, 'verify', '--kubeconfig', kubeconfig, ...both)).code, 0);
  await rm(folder, { recursive: true });
});
