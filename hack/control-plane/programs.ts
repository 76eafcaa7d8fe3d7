// Which programs is a control plane made of, and where do their binaries come from? Each is built once, by its
// users' own Go, into a cache that every checkout shares.
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheKey } from './build/cache-key.ts';
import { lockFile } from './build/file-lock.ts';
import { go, requireGo } from './build/go-toolchain.ts';
import { silent, type Progress } from './progress.ts';

interface Program {
  readonly version: string;
  /** folder of the Go module, from here */
  readonly module: string;
  readonly package: string;
  /** folder of a go.mod that stands in for the module's own: the same sources with other versions, from here */
  readonly versions?: string;
  /** linker settings beyond `-s -w` */
  readonly linked?: Readonly<Record<string, string>>;
  /** build tags */
  readonly tags?: readonly string[];
  /** files of a dependency that are kept beside the binary: name there -> module and path in it */
  readonly files?: Readonly<Record<string, { readonly module: string; readonly path: string }>>;
  /** how long a first build takes on 2 cores with cold caches */
  readonly coldSeconds: number;
}

const kubernetes = {
  version: '1.36.3',
  module: 'programs/kubernetes',
  linked: {
    'k8s.io/component-base/version.gitVersion': 'v1.36.3',
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '36',
  },
};

/** The oldest that we are tested with. */
const kubernetes134 = {
  version: '1.34.4',
  module: 'programs/kubernetes-1.34',
  linked: {
    'k8s.io/component-base/version.gitVersion': 'v1.34.4',
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '34',
  },
};

const certManagerCrds = { crds: { module: 'github.com/cert-manager/cert-manager', path: 'deploy/crds' } };

/** A module of its own, so that the control plane's programs need not be built again for a node's. */
const node = { ...kubernetes, module: 'programs/kubernetes-node' };

const containerd = {
  version: '2.2.9',
  module: 'programs/containerd',
  tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
  linked: { 'github.com/containerd/containerd/v2/version.Version': '2.2.9' },
};

const programs = {
  etcd: { version: '3.7.3', module: 'programs/etcd', package: 'go.etcd.io/etcd/server/v3', coldSeconds: 35 },
  'kube-apiserver': { ...kubernetes, package: 'k8s.io/kubernetes/cmd/kube-apiserver', coldSeconds: 374 },
  'kube-controller-manager': { ...kubernetes, package: 'k8s.io/kubernetes/cmd/kube-controller-manager', coldSeconds: 84 },
  'kube-apiserver-1.34': { ...kubernetes134, package: 'k8s.io/kubernetes/cmd/kube-apiserver', coldSeconds: 374 },
  'kube-controller-manager-1.34': { ...kubernetes134, package: 'k8s.io/kubernetes/cmd/kube-controller-manager', coldSeconds: 84 },
  kubectl: { ...kubernetes, package: 'k8s.io/kubernetes/cmd/kubectl', coldSeconds: 38 },
  helm: { version: '3.22.0', module: 'programs/helm', package: 'helm.sh/helm/v3/cmd/helm', coldSeconds: 100 },
  'cert-manager': {
    version: '1.21.1',
    module: 'programs/cert-manager',
    package: '.',
    files: certManagerCrds,
    coldSeconds: 159,
  },
  // Without selectableFields: the API server cannot sort out the requests of other groups for us.
  'cert-manager-1.19': { version: '1.19.1', module: 'programs/cert-manager', versions: 'programs/cert-manager-1.19', package: '.', tags: ['without_backoff'], files: certManagerCrds, coldSeconds: 150 },
  istiod: {
    version: '20260827',
    module: 'programs/istiod',
    package: 'istio.io/istio/pilot/cmd/pilot-discovery',
    files: { 'crds.yaml': { module: 'istio.io/istio', path: 'manifests/charts/base/files/crd-all.gen.yaml' } },
    coldSeconds: 335,
  },
  'aws-privateca-issuer': {
    version: '1.10.1',
    module: 'programs/aws-privateca-issuer',
    package: 'github.com/cert-manager/aws-privateca-issuer',
    linked: {
      'github.com/cert-manager/aws-privateca-issuer/pkg/api/injections.PlugInVersion': 'v1.10.1',
      'github.com/cert-manager/aws-privateca-issuer/pkg/api/injections.UserAgent': 'aws-privateca-issuer',
    },
    coldSeconds: 150,
  },
  // What a node is made of (hack/node).
  kubelet: { ...node, package: 'k8s.io/kubernetes/cmd/kubelet', coldSeconds: 110 },
  'kube-scheduler': { ...node, package: 'k8s.io/kubernetes/cmd/kube-scheduler', coldSeconds: 20 },
  'kube-proxy': { ...node, package: 'k8s.io/kubernetes/cmd/kube-proxy', coldSeconds: 30 },
  containerd: { ...containerd, package: 'github.com/containerd/containerd/v2/cmd/containerd', coldSeconds: 100 },
  'containerd-shim-runc-v2': { ...containerd, package: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2', coldSeconds: 15 },
  ctr: { ...containerd, package: 'github.com/containerd/containerd/v2/cmd/ctr', coldSeconds: 15 },
  coredns: { version: '1.12.4', module: 'programs/coredns', package: '.', coldSeconds: 100 },
  pause: { version: '1', module: 'programs/pause', package: '.', coldSeconds: 5 },
  // What others make of what we show: Prometheus, Argo CD and Flux.
  gitops: { version: '1', module: 'programs/gitops', package: '.', coldSeconds: 160 },
  promql: { version: '3.13.0', module: 'programs/promql', package: '.', coldSeconds: 150 },
  check: { version: '1', module: '../check', package: '.', coldSeconds: 15 },
} satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

export const programNames = Object.keys(programs) as readonly ProgramName[];

/** @returns such as `1.36.3`. */
export function programVersion(name: ProgramName): string {
  return programs[name].version;
}

export interface ProgramOptions {
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds a program, or finds it in the cache (`$XDG_CACHE_HOME/pca-issuer`, else `~/.cache/pca-issuer`).
 * @returns the path of the binary; the files that belong to it lie beside it.
 * @throws Error with one sentence when Go is missing or too old, or with go's last words when the build fails.
 */
export async function program(name: ProgramName, { progress = silent, signal }: ProgramOptions = {}): Promise<string> {
  const { key, binary } = await locate(name);
  if (await exists(binary)) {
    progress.begin(name).end('cached');
    return binary;
  }
  await requireGo();
  const step = progress.begin(name);
  const since = Date.now();
  let outcome = 'failed';
  const release = await lockFile(join(cacheFolder(), `${key}.lock`), {
    signal,
    onWait: (pid) => progress.say(`  ${name} is being built by process ${pid}, which is waited for`),
  });
  try {
    if (!(await exists(binary))) await build(name, key, signal);
    outcome = `built in ${Math.round((Date.now() - since) / 1000)} s`;
    return binary;
  } finally {
    step.end(outcome);
    await release();
  }
}

/** Makes several programs ready, one after the other (a Go build uses all cores), and says before how long that takes. */
export async function ensurePrograms<Name extends ProgramName>(names: readonly Name[], options: ProgramOptions = {}): Promise<Record<Name, string>> {
  const missing: Name[] = [];
  for (const name of names) if (!(await exists((await locate(name)).binary))) missing.push(name);
  if (missing.length > 0) {
    await requireGo();
    options.progress?.say(buildPromise(missing));
  }
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) paths[name] = await program(name, options);
  return paths as Record<Name, string>;
}

/** @returns the sentence that says how long a first build of these programs takes on 2 cores. */
export function buildPromise(names: readonly ProgramName[]): string {
  const seconds = names.reduce((sum, name) => sum + programs[name].coldSeconds, 0);
  const time = seconds < 90 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`;
  return `Building ${names.join(', ')}: about ${time} the first time on 2 cores, nothing after that.`;
}

async function build(name: ProgramName, key: string, signal: AbortSignal | undefined): Promise<void> {
  const { module, package: what, linked = {}, tags = [], files = {}, versions }: Program = programs[name];
  const source = sourceFolder(module);
  const modfile = versions === undefined ? [] : [`-modfile=${join(sourceFolder(versions), 'go.mod')}`];
  // The lock is ours: whatever lies here was left by a build that died.
  const unfinished = join(cacheFolder(), `${key}.unfinished`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await go(source, ['build', ...modfile, ...buildFlags(linked, tags), '-o', join(unfinished, name), what], signal);
  for (const [as, from] of Object.entries(files)) {
    const root = (await go(source, ['list', ...modfile, '-m', '-f', '{{.Dir}}', from.module], signal)).trim();
    await cp(join(root, from.path), join(unfinished, as), { recursive: true });
    await makeWritable(join(unfinished, as)); // the module cache is read-only, what is in ours can be deleted
  }
  await rename(unfinished, join(cacheFolder(), key));
}

async function locate(name: ProgramName): Promise<{ readonly key: string; readonly binary: string }> {
  const { version, module, package: what, linked = {}, tags = [], files = {}, versions }: Program = programs[name];
  const key = cacheKey({
    name,
    version,
    flags: [what, ...buildFlags(linked, tags), JSON.stringify(files)],
    platform: `${process.platform}-${process.arch}`,
    files: { ...(await readSources(sourceFolder(module))), ...(versions === undefined ? {} : prefixed('versions', await readSources(sourceFolder(versions)))) },
  });
  return { key, binary: join(cacheFolder(), key, name) };
}

function buildFlags(linked: Readonly<Record<string, string>>, tags: readonly string[]): readonly string[] {
  const settings = Object.entries(linked).map(([variable, value]) => `-X ${variable}=${value}`);
  const tagged = tags.length === 0 ? [] : ['-tags', tags.join(',')];
  return ['-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...settings].join(' '), ...tagged];
}

function prefixed<T>(prefix: string, entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${prefix}/${name}`, value]));
}

function sourceFolder(module: string): string {
  return fileURLToPath(new URL(module, import.meta.url));
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pca-issuer', 'programs');
}

async function readSources(folder: string): Promise<Record<string, Uint8Array>> {
  const sources: Record<string, Uint8Array> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('_test.go') || !/\.go$|^go\.(mod|sum)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    sources[path.slice(folder.length)] = await readFile(path);
  }
  return sources;
}

async function makeWritable(path: string): Promise<void> {
  await chmod(path, 0o755);
  const inside = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of inside) await chmod(join(entry.parentPath, entry.name), 0o755);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

/** @returns the path of a file that was kept beside a program's binary (`files` in the table). */
export function besideProgram(binary: string, file: string): string {
  return join(dirname(binary), file);
}
