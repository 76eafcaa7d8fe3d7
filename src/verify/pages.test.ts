import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHtmlPage } from './html-page.ts';
import { renderJson } from './json-page.ts';
import { verifyClusters } from './report.ts';
import { renderTerminalPage } from './terminal-page.ts';
import { cluster, makeIntermediate, makeRoot, options, pems, secretOf, threeTiers } from './test-mesh.ts';

const { root, sub, intermediate } = threeTiers();
const other = makeIntermediate(sub, { subject: '<script>alert(1)</script>' });
const handedOut = [{ namespace: 'istio-system', text: pems(root) }];
const good = verifyClusters([cluster('a', secretOf(intermediate, [sub], [root]), { handedOut }), cluster('b', secretOf(other, [sub], [root]))], options);
const bad = verifyClusters([cluster('a', { ...secretOf(intermediate, [sub], [sub]), 'istio-generated': '' }), cluster('b', secretOf(other, [sub], [root]))], options);

/** Without colours there are none, and with them there is nothing else. */
const plain = (text: string): string => text.split('\u001B').map((part, index) => (index === 0 ? part : part.slice(part.indexOf('m') + 1))).join('');

test('people see the trust tree, what was proven for each cluster, and both ways between them', () => {
  const lines = renderTerminalPage(good, false).split('\n');
  const at = (text: string): number => lines.findIndex((line) => line.startsWith(text));
  const order = ['CN=Acme Root  trusted by a, b', '└─ CN=Acme Mesh', '   └─ CN=cluster-a.istio-ca  signs for a', 'a', '  ✓ key        tls.key belongs to CN=cluster-a.istio-ca (P-256)', 'between the clusters', '  ✓ a → b', '  ✓ b → a', 'Both clusters are good'].map(at);
  assert.ok(order.every((line, index) => line >= 0 && line > (order[index - 1] ?? -1)), `${order.join()}\n${lines.join('\n')}`);
  assert.ok(lines.every((line) => line.length <= 120), lines.find((line) => line.length > 120));
});

test('a finding shows its name, what is so and the way out, and the last line sums up', () => {
  const page = renderTerminalPage(bad, false);
  assert.match(page, /✗ roots {6}subordinate-as-root\n {15}ca\.crt holds CN=Acme Mesh/);
  assert.match(page, /▲ around it {2}istio-generated/);
  assert.match(page, /→ With pca-issuer ca\.crt is always/);
  assert.match(page, /– b → a {6}not tried: a has no root/);
  assert.match(page, /\n1 error and 1 warning: not good\.$/);
});

const stranger = makeRoot('Other Root');
const six = verifyClusters([
  ...['a', 'b', 'c', 'd', 'e'].map((name) => cluster(name, secretOf(makeIntermediate(sub, { subject: `${name}.istio-ca` }), [sub], [root]))),
  cluster('f', secretOf(makeIntermediate(stranger, { subject: 'f.istio-ca' }), [], [stranger])),
], options);

test('of many clusters a line tells whom each one reaches, who is missing is named, and what stands between them is told once', () => {
  const lines = renderTerminalPage(six, false).split('\n');
  for (const line of ['CN=Acme Root  trusted by all but f', '  ✓ a → b, c, d, e', '  ✓ e → a, b, c, d', '  ✗ peer-refuses', '               and 8 more: c → f; d → f; e → f; f → a; f → b; f → c; f → d; f → e']) assert.ok(lines.includes(line), `${line}\n${lines.join('\n')}`);
  assert.equal(lines.filter((line) => line.includes('→ Give both clusters intermediates')).length, 1);
  assert.ok(lines.every((line) => line.length <= 120));
});

test('why ways were not tried is told once for each cluster that they start from', () => {
  const empty = verifyClusters([cluster('a', {}), cluster('b', secretOf(intermediate, [sub], [root])), cluster('c', secretOf(other, [sub], [root]))], options);
  const lines = renderTerminalPage(empty, false).split('\n').filter((line) => line.includes('not tried'));
  assert.deepEqual(lines, ['  – a → b, c   not tried: tls.key and its certificate cannot be read', '  – b → a      not tried: a has no root', '  – c → a      not tried: a has no root']);
});

test('colours change nothing but colours', () => {
  const coloured = renderTerminalPage(bad, true);
  assert.ok(coloured.includes('\u001B[31m'));
  assert.equal(plain(coloured), renderTerminalPage(bad, false));
});

test('programs get every finding by name, and the path from the intermediate to the root', () => {
  const report = JSON.parse(renderJson(bad)) as { isGood: boolean; errors: number; warnings: number; clusters: { path: { subject: string }[]; findings: { name: string; level: string }[] }[] };
  assert.deepEqual([report.isGood, report.errors, report.warnings], [false, 1, 1]);
  assert.deepEqual(report.clusters[0]?.findings.map(({ name, level }) => [name, level]), [['subordinate-as-root', 'error'], ['istio-generated', 'warning']]);
  assert.deepEqual(report.clusters[1]?.path.map(({ subject }) => subject), ['CN=\\<script\\>alert(1)\\</script\\>', 'CN=Acme Mesh', 'CN=Acme Root']);
});

test('the page stands alone: nothing is loaded, no script runs, and no name becomes markup', () => {
  const page = renderHtmlPage(good);
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|\bsrc=|url\(|@import|https?:/);
  assert.match(page, /&lt;script\\&gt;alert\(1\)/);
  assert.match(page, /default-src 'none'/);
  assert.match(page, /prefers-color-scheme: dark/);
  assert.match(page, /name="viewport"/);
  assert.match(page, /Both clusters are good/);
  for (const tag of ['ul', 'li', 'div', 'section', 'article', 'p', 'span']) {
    assert.equal(page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length, page.match(new RegExp(`</${tag}>`, 'g'))?.length, tag);
  }
});

test('every bar of the timeline lies within its track, and one that goes on ends at the edge', () => {
  const bars = [...renderHtmlPage(good).matchAll(/class="bar([^"]*)" style="left:([\d.]+)%;width:([\d.]+)%"/g)].map(([, kind, left, width]) => ({ kind, left: Number(left), end: Number(left) + Number(width) }));
  assert.equal(bars.length, 6, 'four certificates, of which two are renewed');
  for (const { left, end } of bars) assert.ok(left >= 0 && end <= 100.5);
  assert.deepEqual(bars.filter(({ kind }) => kind?.includes('later')).map(({ end }) => end), [100, 100]);
});

test('no form of the report holds a line of a private key', () => {
  const lines = [intermediate, other].flatMap(({ key }) => String(key.privateKey.export({ type: 'pkcs8', format: 'pem' })).split('\n').slice(1, -2));
  for (const page of [renderHtmlPage(bad), renderJson(bad), renderTerminalPage(bad, true)]) {
    assert.ok(!page.includes('PRIVATE KEY') && lines.every((line) => !page.includes(line)));
  }
});
