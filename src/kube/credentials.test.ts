import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeCredentialSource } from './credentials.ts';

function files(t: TestContext, ...contents: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return contents.map((content, index) => {
    const file = join(folder, String(index));
    writeFileSync(file, content);
    return file;
  });
}

const whole = `
clusters: [{ name: c, cluster: { server: 'https://a.example/' } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x`;

test('of a kubeconfig that is no YAML the place is told, and nothing of what stands there: it may be a token', (t) => {
  for (const content of ['users:\n- name: u\n  user:\n    token: topsecret: x\n', 'a: *topsecret\n', 'a: !topsecret 1\n', 'topsecret: 1\ntopsecret: 2\n', '%topsecret\n', '"topsecret']) {
    const [file] = files(t, content);
    assert.throws(() => makeCredentialSource(file), (error: Error) => {
      assert.match(error.message, /^kubeconfig \/.*\/0 is not YAML: line \d+, column \d+$/, content);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`, /topsecret/);
      return true;
    });
  }
});

test('a file without anything in it counts as one that says nothing, as with kubectl', (t) => {
  assert.equal(makeCredentialSource(files(t, '', '# later\n\n', whole)).server, 'https://a.example');
  assert.throws(() => makeCredentialSource(files(t, '')), /its current context names no server/);
});

test('the current context may stand in a file of its own, in front of the others', async (t) => {
  const other = whole.replace('a.example', 'b.example').replace('name: x', 'name: y').replace('name: c', 'name: d').replace('cluster: c', 'cluster: d').replace('current-context: x', '');
  const source = makeCredentialSource(files(t, 'current-context: y', whole, other));
  assert.equal(source.server, 'https://b.example');
  assert.deepEqual((await source.current()).headers, { Authorization: 'Bearer t' });
});
