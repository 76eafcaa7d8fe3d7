// Is everything that is generated up to date? Makes it so, or with --check says what is not.
import { mkdir, readFile, rm, writeFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawDashboard } from '../dashboard/draw.ts';
import { readPanels, type Recording } from '../dashboard/recording.ts';
import { apiReference, type KindExample } from './api-reference.ts';
import { clusterCrdPath, clusterCrdText, namespacedCrdPath, parseCrd, readNamespacedCrd, withoutTopComment } from './crd.ts';
import { dashboard } from './dashboard.ts';
import { flagsPage } from './flags-page.ts';
import { alertRules, metricsPage } from './metrics-page.ts';
import { withTypedBlocks } from './typed-blocks.ts';
import { typescriptTypes } from './typescript-types.ts';
import { withValuesTable } from './values-table.ts';

const root = join(import.meta.dirname, '../..');
const chart = 'config/chart/pca-issuer';

const examples: readonly Omit<KindExample, 'text'>[] = [
  { kind: 'AWSPCAIssuer', path: 'config/samples/issuer.yaml' },
  { kind: 'AWSPCAClusterIssuer', path: 'config/samples/cluster-issuer.yaml' },
];

/** What is generated without running a program: text by path, relative to the root of the repository. */
async function texts(): Promise<ReadonlyMap<string, string>> {
  const namespaced = await readNamespacedCrd(root);
  const cluster = clusterCrdText(namespaced);
  const crds = [parseCrd(namespaced), parseCrd(cluster)] as const;
  const samples = await Promise.all(examples.map(async (example) => ({ ...example, text: await read(example.path) })));
  return new Map([
    [clusterCrdPath, cluster],
    ['src/domain/api.gen.ts', typescriptTypes(crds)],
    ['docs/api.md', apiReference(crds, samples)],
    ['docs/metrics.md', metricsPage()],
    ['docs/guides/README.md', withTypedBlocks(await read('docs/guides/README.md'), await typedGuides())],
    ['docs/flags.md', flagsPage(await read(`${chart}/templates/deployment.yaml`))],
    ['config/grafana/pca-issuer.json', dashboard()],
    ['docs/dashboard.svg', drawDashboard(readPanels(dashboard()), JSON.parse(await read('docs/dashboard.json')) as Recording)],
    [`${chart}/files/crds/awspcaissuers.yaml`, copied(namespaced, namespacedCrdPath)],
    [`${chart}/files/crds/awspcaclusterissuers.yaml`, copied(cluster, clusterCrdPath)],
    [`${chart}/files/dashboard.json`, dashboard()],
    [`${chart}/files/alerts.yaml`, `# Made from hack/generate/metric-alerts.ts by \`npm run generate\`.\n${alertRules()}`],
    [`${chart}/README.md`, withValuesTable(await read(`${chart}/README.md`), await read(`${chart}/values.yaml`))],
  ]);
}

/** Guides that have a test of their own in e2e/guides: text by file name. */
async function typedGuides(): Promise<ReadonlyMap<string, string>> {
  const tests = (await readdir(join(root, 'e2e/guides'))).filter((file) => file.endsWith('.test.ts'));
  const names = tests.map((file) => file.replace('.test.ts', '.md'));
  return new Map(await Promise.all(names.map(async (name) => [name, await read(`docs/guides/${name}`)] as const)));
}

/**
 * Paths of generated files that differ from what their sources say now, but for config/default.
 * Runs no program, so unit tests may ask.
 */
export async function staleFiles(): Promise<readonly string[]> {
  return differing(await texts());
}

/** The same for config/default and the golden files of the chart, which the real helm renders; files that no longer belong there count as stale. */
export async function staleRenderings(): Promise<readonly string[]> {
  const wanted = await rendered();
  return [...await differing(wanted), ...await leftOver(wanted)];
}

async function rendered(): Promise<ReadonlyMap<string, string>> {
  const [{ renderings }, { chartCases }] = await Promise.all([import('./renderings.ts'), import('./chart-cases.ts')]);
  return new Map([...await renderings(root), ...await chartCases(root)]);
}

async function differing(wanted: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const verdicts = await Promise.all([...wanted].map(async ([path, text]) => (await read(path) === text ? [] : [path])));
  return verdicts.flat();
}

async function leftOver(wanted: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const present = await Promise.all(['config/default', 'config/chart/golden'].map(async (folder) => {
    const files = await readdir(join(root, folder)).catch(() => []);
    return files.map((file) => `${folder}/${file}`);
  }));
  return present.flat().filter((path) => !wanted.has(path));
}

function copied(text: string, from: string): string {
  return `# A copy of ${from}, made by \`npm run generate\`.\n${withoutTopComment(text)}`;
}

async function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

async function write(wanted: ReadonlyMap<string, string>): Promise<void> {
  for (const path of await differing(wanted)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), wanted.get(path) ?? '');
    console.log(`wrote ${path}`);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  if (values.check) {
    const stale = [...await staleFiles(), ...await staleRenderings()];
    if (stale.length === 0) return 0;
    console.error(`These files no longer match their sources:\n${stale.map((path) => `  ${path}`).join('\n')}\nRun \`npm run generate\` and commit the result.`);
    return 1;
  }
  await write(await texts());
  const wanted = await rendered();
  await write(wanted);
  for (const path of await leftOver(wanted)) {
    await rm(join(root, path));
    console.log(`removed ${path}`);
  }
  return 0;
}

if (import.meta.main) process.exitCode = await main();
