// `kubectl pca`, installed by the very block that the guide shows, into a home where nothing is yet, and called by a real kubectl.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../../hack/build/build.ts';
import { dataOf, textsOf } from '../../hack/control-plane/api/secret-data.ts';
import { program } from '../../hack/control-plane/programs.ts';
import { blocksOf } from '../../hack/docs/markdown.ts';
import { cacertsSpec, scenario } from '../harness/scenario.ts';

const guide = readFileSync(path.join(import.meta.dirname, '../../docs/guides/verify-and-revoke.md'), 'utf8');
const installation = blocksOf(guide).find(({ language, text }) => language === 'bash' && text.includes('kubectl-pca'))?.text ?? '';

interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A person's shell: a home of its own, and on the PATH what the guide asks for. */
async function openShell(folder: string, kubeconfig: string): Promise<(line: string) => Promise<Typed>> {
  const [home, checkout] = [path.join(folder, 'home'), path.join(folder, 'checkout')];
  await mkdir(home);
  await mkdir(checkout);
  await build({ file: path.join(checkout, 'dist/pca-issuer.mjs') });
  const folders = [path.join(home, '.local/bin'), path.dirname(await program('kubectl')), path.dirname(process.execPath), '/usr/bin', '/bin'];
  const options = { cwd: checkout, env: { HOME: home, PATH: folders.join(':'), KUBECONFIG: kubeconfig, KUBECACHEDIR: path.join(folder, 'cache') } };
  return (line) => new Promise((resolve) => execFile('bash', ['-ec', line], options, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err })));
}

scenario('kubectl pca verify works as the guide installs it: 0 for what was issued, 1 for a broken copy, 2 where nothing lies', 'approving', async (s) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-pca-'));
  const type = await openShell(folder, s.world.address.kubeconfig);
  const installed = await type(installation);
  assert.deepEqual([installed.code, installed.err], [0, '']);
  assert.match(installed.out, /Usage: pca-issuer verify[\s\S]*Exit codes: 0 good/);
  assert.match((await type('kubectl plugin list')).out, /\.local\/bin\/kubectl-pca/);

  await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(await s.subordinate())));
  const texts = textsOf(await s.secretOf('cacerts'));
  const good = await type(`kubectl pca verify -n ${s.namespace}`);
  assert.deepEqual([good.code, good.err], [0, ''], good.out);
  assert.match(good.out, /This `cacerts` is good\.$/m);

  const crlf = texts['ca.crt']?.replaceAll('\n', '\r\n') ?? '';
  await s.api.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'broken', namespace: s.namespace }, data: dataOf({ ...texts, 'ca.crt': crlf }) });
  const broken = await type(`kubectl pca verify --namespace ${s.namespace} --secret broken`);
  assert.equal(broken.code, 1, broken.err);
  assert.match(broken.out, /✗ format {5}crlf/);

  const page = await type(`kubectl pca verify -n ${s.namespace} --output html > trust.html && head -c 15 trust.html`);
  assert.deepEqual([page.code, page.out], [0, '<!doctype html>'], page.err);
  const absent = await type(`kubectl pca verify -n ${s.namespace} --secret nothing`);
  assert.equal(absent.code, 2);
  assert.match(absent.err, /there is no Secret .*\/nothing/);
  assert.match((await type('kubectl pca')).out, /verify/, 'without arguments it says what it can do');
  await rm(folder, { recursive: true });
});
