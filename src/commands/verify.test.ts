import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findingNames } from '../verify/finding.ts';
import { day, makeIntermediate, makeRoot, makeSubordinate, secretOf } from '../verify/test-mesh.ts';
import { runVerify } from './verify.ts';

const life = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 80 * day) };
const root = makeRoot('Acme Root', life);
const sub = makeSubordinate(root, life);
const [one, other] = ['cluster-a.istio-ca', 'cluster-b.istio-ca'].map((subject) => makeIntermediate(sub, { ...life, subject }));
const good = { a: secretOf(one!, [sub], [root]), b: secretOf(other!, [sub], [root]) };

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function stage(t: TestContext, secrets: Readonly<Record<string, Readonly<Record<string, string>>>>): { readonly dir: (name: string) => string; readonly run: (...args: readonly string[]) => Promise<Run> } {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, data] of Object.entries(secrets)) {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, name, file), text);
  }
  const written = { log: [] as string[], error: [] as string[] };
  for (const kind of ['log', 'error'] as const) t.mock.method(console, kind, (text: string) => written[kind].push(text));
  return {
    dir: (name) => join(folder, name),
    run: async (...args) => {
      for (const lines of Object.values(written)) lines.length = 0;
      return { code: await runVerify(args, { KUBECONFIG: '/nonexistent' }), out: written.log.join('\n'), err: written.error.join('\n') };
    },
  };
}

test('files of two clusters that are good give 0, in each form', async (t) => {
  const { dir, run } = stage(t, good);
  const args = ['--dir', dir('a'), '--dir', `second=${dir('b')}`];
  const page = await run(...args);
  assert.deepEqual([page.code, page.err], [0, '']);
  assert.match(page.out, /✓ a → second[\s\S]*Both clusters are good/);
  assert.equal((JSON.parse((await run(...args, '--output=json')).out) as { isGood: boolean }).isGood, true);
  assert.match((await run(...args, '--output', 'html')).out, /^<!doctype html>/);
});

test('an error gives 1 and its name; a warning alone gives 0', async (t) => {
  const { dir, run } = stage(t, { bad: { ...good.a, 'ca.crt': good.a['ca.crt']!.trimEnd() }, old: { ...good.a, 'istio-generated': '' } });
  const bad = await run('--dir', dir('bad'));
  assert.equal(bad.code, 1);
  assert.match(bad.out, /✗ format {5}no-final-newline/);
  const old = await run('--dir', dir('old'));
  assert.equal(old.code, 0);
  assert.match(old.out, /▲ around it {2}istio-generated[\s\S]*is good, with 1 warning\.$/);
});

test('how long things last can be told', async (t) => {
  const { dir, run } = stage(t, good);
  assert.match((await run('--dir', dir('a'), '--renew-before', '2100h')).out, /renewal-overdue/);
  assert.match((await run('--dir', dir('a'), '--workload-ttl', '2400h')).out, /ends-before-workloads/);
});

test('the trust domain can be told, for CAs that allow no other', async (t) => {
  const bound = makeIntermediate(sub, { ...life, nameConstraints: { permittedUris: ['mesh.acme.example'] } });
  const { dir, run } = stage(t, { a: secretOf(bound, [sub], [root]) });
  const usual = await run('--dir', dir('a'));
  assert.equal(usual.code, 1);
  assert.match(usual.out, /workload-refused[\s\S]*do not allow\s+the\s+URI\s+spiffe:\/\/cluster\.local/);
  assert.equal((await run('--dir', dir('a'), '--trust-domain', 'mesh.acme.example')).code, 0);
});

test('what cannot be looked at gives 2, and the rest is judged all the same', async (t) => {
  const { dir, run } = stage(t, { a: good.a, empty: {} });
  const part = await run('--dir', dir('a'), '--dir', dir('empty'), '--context', 'nowhere');
  assert.equal(part.code, 2);
  assert.match(part.out, /This `cacerts` is good/);
  assert.match(part.err, /nowhere cannot be reached: .*\n.*holds no tls\.crt/s);
  assert.equal((await run('--dir', dir('missing'))).code, 2);
  assert.equal((await run()).code, 2);
});

test('a call that is no call is told what is wrong with it', async (t) => {
  const { dir, run } = stage(t, good);
  const wrong = [['--output', 'yaml'], ['--what'], ['a'], ['--workload-ttl', 'long'], ['--dir', dir('a'), '--dir', dir('a')]];
  for (const args of wrong) {
    const { code, err } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, /--help tells the flags/);
  }
});

test('--help teaches: what it proves, its exit codes, and where its rights stand', async (t) => {
  const { code, out } = await stage(t, {}).run('--help');
  assert.equal(code, 0);
  for (const words of ['Exit codes: 0 good, 1', 'kubectl pca verify', 'verify-job.yaml', '--multi-root']) assert.ok(out.includes(words), words);
  assert.ok(out.split('\n').every((line) => line.length <= 130));
  assert.ok(findingNames.length > 40);
});
