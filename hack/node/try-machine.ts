// Does this machine let us do what a node does? Kernels and containers say no in too many ways to ask them why: each thing is done once, in small, and undone.
import { execFile } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lockFile } from '../control-plane/build/file-lock.ts';
import { readKernelSettings } from './kernel-settings.ts';

const run = promisify(execFile);

/** Names and addresses beside those of a node (layout.ts), which may be running or lie about in pieces. */
const trial = { folder: '/run/pca-issuer-trial', link: 'pca-trial', outside: '10.251.0.5', inside: '10.251.0.6', prefix: 30, container: 'pca-issuer-trial' } as const;
const namespace = join(trial.folder, 'net');
const runcFolder = join(trial.folder, 'runc');

interface Trial {
  /** completes "This machine does not let us …" */
  readonly what: string;
  readonly attempt: (scratch: string) => Promise<void>;
}

const trials: readonly Trial[] = [
  { what: 'change what a kubelet sets in /proc/sys', attempt: async () => writeKernelSettings() },
  { what: 'read the messages of its kernel, as a kubelet does', attempt: async () => closeSync(openSync('/dev/kmsg', 'r')) },
  { what: 'make a network namespace with a way to it', attempt: makeNetwork },
  { what: 'make a bridge and the rules of kube-proxy in a network namespace', attempt: makeRules },
  { what: 'reach its own address from a network namespace', attempt: reachOutside },
  { what: 'mount an overlay on the disk of this checkout', attempt: mountOverlay },
  { what: 'run a container with limits', attempt: runContainer },
  { what: 'make an image with buildah', attempt: makeImage },
];

/**
 * Root and the Debian packages of a node are there by now.
 * @param scratch  a folder that may come and go, on the disk where the node will keep its files
 * @returns undefined where everything worked, else the sentence that says what did not, with the words of who refused it.
 */
export async function tryMachine(scratch: string): Promise<string | undefined> {
  const old = judgeRunc((await run('runc', ['--version'])).stdout);
  if (old !== undefined) return old;
  const release = await lockFile(`${trial.folder}.lock`).catch(said);
  if (typeof release === 'string') return `This machine does not let us write to /run: ${release}`;
  try {
    await undo(scratch); // what somebody left who was killed
    for (const folder of [trial.folder, scratch]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { what, attempt } of trials) {
      const complaint = await attempt(scratch).then(() => undefined, said);
      if (complaint !== undefined) return `This machine does not let us ${what}: ${complaint}`;
    }
    return undefined;
  } finally {
    await undo(scratch);
    await release();
  }
}

/** @param told  what `runc --version` prints. containerd 2 asks for 1.1. */
export function judgeRunc(told: string): string | undefined {
  const [, version = '', major = 0, minor = 0] = /^runc version ((\d+)\.(\d+)\S*)/m.exec(told) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 1) ? undefined : `A node needs runc 1.1 or newer, and this is ${version || 'none that says its version'}.`;
}

/** @returns what a program complained of in the end; runc logs it in a field. */
export function said(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
  const last = (stderr?.trim() || message).split('\n').at(-1) ?? '';
  return /msg="((?:[^"\\]|\\.)*)"/.exec(last)?.[1] ?? last;
}

async function undo(scratch: string): Promise<void> {
  const quietly = (command: string, ...args: readonly string[]) => run(command, args).catch(() => undefined);
  await quietly('runc', '--root', runcFolder, 'delete', '--force', trial.container);
  await quietly('umount', '--lazy', join(scratch, 'merged'));
  await quietly('ip', 'link', 'delete', trial.link);
  await quietly('umount', '--lazy', namespace);
  for (const folder of [trial.folder, scratch]) rmSync(folder, { recursive: true, force: true });
}

function writeKernelSettings(): void {
  for (const [name, value] of Object.entries(readKernelSettings())) writeFileSync(`/proc/sys/${name}`, value);
}

async function makeNetwork(): Promise<void> {
  writeFileSync(namespace, '');
  await run('unshare', [`--net=${namespace}`, 'true']);
  await run('ip', ['link', 'add', 'name', trial.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace]);
  await run('ip', ['address', 'add', `${trial.outside}/${trial.prefix}`, 'dev', trial.link]);
  await run('ip', ['link', 'set', trial.link, 'up']);
  await within('sh', '-ec', `ip link set lo up; ip address add ${trial.inside}/${trial.prefix} dev eth0; ip link set eth0 up`);
}

/** The matches and targets that kube-proxy's rules have, and that a kernel may lack. */
async function makeRules(): Promise<void> {
  const chain = 'iptables -t nat -A POSTROUTING -p tcp -m comment --comment trial';
  await within('sh', '-ec', [
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    'ip link add cni0 type bridge',
    `${chain} -m mark --mark 0x4000/0x4000 -j MASQUERADE`,
    `${chain} -m statistic --mode random --probability 0.5 -j MARK --or-mark 0x4000`,
    `iptables -t nat -A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 9 -j DNAT --to-destination ${trial.inside}:9`,
    'iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP',
  ].join('\n'));
}

/** A firewall may shut what comes out of a namespace. */
async function reachOutside(): Promise<void> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, trial.outside, resolve));
  const { port } = server.address() as { readonly port: number };
  const dial = `
    const fail = () => { console.error('no answer from ${trial.outside}'); process.exit(1); };
    require('node:net').connect({ port: ${port}, host: '${trial.outside}', timeout: 3000 }, () => process.exit(0)).once('timeout', fail).once('error', fail)`;
  await within(process.execPath, '-e', dial).finally(() => server.close());
}

async function mountOverlay(scratch: string): Promise<void> {
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(scratch, name));
  await run('mount', ['-t', 'overlay', 'overlay', '-o', 'lowerdir=lower,upperdir=upper,workdir=work', 'merged'], { cwd: scratch });
  writeFileSync(join(scratch, 'merged/file'), 'written');
}

/** On the overlay of before: cgroups, namespaces, mounts and seccomp, as every pod has them. */
async function runContainer(scratch: string): Promise<void> {
  const libraries = ['/usr', '/lib', '/lib64'].filter((folder) => existsSync(folder));
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
    ...libraries.map((folder) => ({ destination: folder, type: 'bind', source: realpathSync(folder), options: ['rbind', 'ro'] })),
  ];
  const config = {
    ociVersion: '1.0.2',
    process: { user: { uid: 65_532, gid: 65_532 }, args: ['/usr/bin/true'], env: ['PATH=/usr/bin'], cwd: '/', noNewPrivileges: true },
    root: { path: join(scratch, 'merged') },
    mounts,
    linux: {
      cgroupsPath: `/${trial.container}`,
      namespaces: [{ type: 'pid' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }, { type: 'network', path: namespace }],
      resources: { memory: { limit: 64 << 20 }, cpu: { shares: 102, quota: 50_000, period: 100_000 }, pids: { limit: 100 } },
      seccomp: { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['kexec_load'], action: 'SCMP_ACT_ERRNO' }] },
      maskedPaths: ['/proc/kcore'],
      readonlyPaths: ['/proc/sys'],
    },
  };
  writeFileSync(join(scratch, 'config.json'), JSON.stringify(config));
  await run('runc', ['--root', runcFolder, 'run', '--bundle', scratch, trial.container], { timeout: 20_000 });
}

async function makeImage(scratch: string): Promise<void> {
  const container = (await run('buildah', ['from', 'scratch'])).stdout.trim();
  try {
    await run('buildah', ['copy', container, join(scratch, 'config.json'), '/']);
  } finally {
    await run('buildah', ['rm', container]);
  }
}

async function within(command: string, ...args: readonly string[]): Promise<void> {
  await run('nsenter', [`--net=${namespace}`, command, ...args]);
}
