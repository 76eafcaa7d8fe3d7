// npm run cluster: a real control plane for people, on this machine, without containers.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCommand, UsageError, type Command } from './cli-arguments.ts';
import { clusterDirectory, clusterNames } from './cluster/state.ts';
import { down, find, list, up, type Cluster } from './cluster.ts';
import { program } from './programs.ts';
import { terminalProgress } from './progress.ts';

const help = `A real Kubernetes control plane with cert-manager, as processes of this machine: etcd, kube-apiserver,
kube-controller-manager, cert-manager's controller and webhook. Pods run in it with --node only.

  npm run cluster -- up [--name NAME] [--istio] [--node]   start one, or find it running; prints its KUBECONFIG
  npm run cluster -- down [--name NAME | --all]       stop it and remove its state
  npm run cluster -- list                             what runs
  npm run cluster -- kubectl [--name NAME] -- ARGS    kubectl as its admin
  npm run cluster -- logs [--name NAME] [PART] [-f, --follow]

NAME is "default" unless you say otherwise; several run side by side, each with its own ports and its own token
issuer (https://oidc.NAME.test). --istio installs Istio's CRDs and builds istiod. --node adds a real node (containerd,
kubelet, kube-proxy, CoreDNS, in a network of its own; hack/node/README.md): Linux and root only, one on a machine.

The programs are built once, with your Go (1.26 or newer), into $XDG_CACHE_HOME/pca-issuer or ~/.cache/pca-issuer:
about 12 minutes on 2 cores, 6 more for istiod, 7 more for a node. openssl 3 is needed too. State and logs: .cluster/NAME.

Examples:
  npm run cluster -- up --name a
  npm run cluster -- kubectl --name a -- get certificaterequests -A
  npm run cluster -- logs --name a cert-manager --follow
  npm run cluster -- down --all
`;

async function run(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'up':
      return start(command);
    case 'down':
      return stop(command.names);
    case 'list':
      return show();
    case 'kubectl': {
      const cluster = await running(command.name);
      const kubectl = await program('kubectl', existing());
      return follow(kubectl, command.args, { KUBECONFIG: cluster.kubeconfig });
    }
    case 'logs':
      return logs(command);
  }
}

async function start({ name, istio, node }: { readonly name: string; readonly istio: boolean; readonly node: boolean }): Promise<number> {
  const stopped = new AbortController();
  const interrupt = () => stopped.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const cluster = await up({ name, istio, node, keep: true, progress: terminalProgress(), signal: stopped.signal });
  process.stdout.write(`
export KUBECONFIG=${cluster.kubeconfig}

Next:
  npm run cluster -- kubectl${named(name)} -- get namespaces
  npm run cluster -- logs${named(name)} cert-manager --follow
  npm run cluster -- down${named(name)}
`);
  return 0;
}

async function stop(names: readonly string[] | 'all'): Promise<number> {
  const chosen = names === 'all' ? await clusterNames() : names;
  if (chosen.length === 0) process.stdout.write('Nothing runs.\n');
  for (const name of chosen) {
    const was = await down(name);
    process.stdout.write(was ? `${name} is down.\n` : `There is no control plane "${name}".\n`);
    if (!was) return 1;
  }
  return 0;
}

async function show(): Promise<number> {
  const all = await list();
  if (all.length === 0) process.stdout.write('Nothing runs. Start one: npm run cluster -- up\n');
  for (const { name, state, cluster } of all) {
    const remedy = state === 'broken' ? `up${named(name)} starts it afresh` : cluster?.kubeconfig;
    process.stdout.write(`${name.padEnd(16)} ${state.padEnd(8)} ${(cluster?.server ?? '').padEnd(24)} ${remedy}\n`);
  }
  return 0;
}

async function logs({ name, component, follow: following }: { readonly name: string; readonly component: string | undefined; readonly follow: boolean }): Promise<number> {
  if (!(await clusterNames()).includes(name)) throw new UsageError(`there is no control plane "${name}".`);
  const folder = join(clusterDirectory(name), 'logs'); // of a broken one too: that is when they are needed
  const files = (await readdir(folder)).toSorted();
  const chosen = component === undefined ? files : [`${component}.log`];
  if (component !== undefined && !existsSync(join(folder, `${component}.log`))) {
    const parts = files.map((file) => file.replace(/\.log$/, '')).join(', ');
    throw new UsageError(`there is no part "${component}" in ${name}: choose one of ${parts}.`);
  }
  return follow('tail', [...(following ? ['-F', '-n', '20'] : ['-n', '+1']), ...chosen.map((file) => join(folder, file))], {});
}

async function running(name: string): Promise<Cluster> {
  const cluster = await find(name);
  if (cluster === undefined) throw new UsageError(`no control plane "${name}" is running: start it with npm run cluster -- up${named(name)}`);
  return cluster;
}

/** Quiet when the program is there already, a progress line when it has to be built. */
function existing() {
  const progress = terminalProgress();
  const begin = (name: string) => {
    const step = progress.begin(name);
    return { end: (outcome: string) => (outcome === 'cached' ? undefined : step.end(outcome)) };
  };
  return { progress: { ...progress, begin } };
}

function named(name: string): string {
  return name === 'default' ? '' : ` --name ${name}`;
}

/** Hands the terminal to another program. @returns its exit code */
function follow(command: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  process.on('SIGINT', () => {}); // the child hears it too and ends first
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve(code ?? 130)));
}

try {
  process.exitCode = await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`cluster: ${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
