// In which order does a node start, and when is it ready?
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, copyFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasCondition, type Api } from '../control-plane/api.ts';
import type { ApiObject } from '../control-plane/api/objects.ts';
import { startProcess, untilReady, type HostProcess } from '../control-plane/cluster/host-process.ts';
import type { KeyAndCertificate } from '../control-plane/cluster/openssl.ts';
import { buildWith, runEngine, saveCommand } from '../image/engine.ts';
import { makeNodeKubeconfigs } from './credentials.ts';
import { containerdSocket, inside, network, nodeFolder, nodeName } from './layout.ts';
import type { NodePrograms } from './programs.ts';
import { nodeRights } from './rights.ts';
import { containerdSettings, dnsSettings, kubeletSettings, kubeProxySettings, pauseImage, podNetwork } from './settings.ts';

const run = promisify(execFile);

export interface NodeOrder {
  /** folder of the control plane */
  readonly directory: string;
  readonly programs: NodePrograms;
  readonly authority: KeyAndCertificate;
  readonly api: Api;
  readonly signal?: AbortSignal | undefined;
}

/** Starts everything that a node is made of, in the network that is there already. @returns once pods can run on it. */
export async function startNode({ directory, programs, authority, api, signal }: NodeOrder): Promise<void> {
  const folder = nodeFolder(directory);
  await mkdir(join(folder, 'cni'), { recursive: true });
  const kubeconfigs = await makeNodeKubeconfigs({ folder, authority, server: api.server });
  const file = (name: string) => join(folder, name);
  await Promise.all([
    writeFile(file('containerd.toml'), containerdSettings(folder)),
    writeFile(file('cni/10-bridge.conflist'), JSON.stringify(podNetwork(folder))),
    writeFile(file('kubelet.json'), JSON.stringify(kubeletSettings(folder, authority.certificateFile))),
    writeFile(file('kube-proxy.json'), JSON.stringify(kubeProxySettings(kubeconfigs['kube-proxy']))),
    writeFile(file('Corefile'), dnsSettings(kubeconfigs.coredns)),
    api.apply(nodeRights),
  ]);
  const start = (name: string, command: string, args: readonly string[], environment?: Readonly<Record<string, string>>): HostProcess =>
    startProcess({ directory, name, ...inside(command, args), environment });

  // containerd looks for its shim beside itself and on the PATH, and each program lies in a folder of its own; the shim looks there for runc.
  const path = [dirname(programs['containerd-shim-runc-v2']), process.env['PATH'] ?? ''].join(delimiter);
  const containerd = start('containerd', programs.containerd, ['--config', file('containerd.toml')], { PATH: path });
  startProcess({
    directory,
    name: 'kube-scheduler',
    command: programs['kube-scheduler'],
    args: [`--kubeconfig=${kubeconfigs['kube-scheduler']}`, '--leader-elect=false', '--bind-address=127.0.0.1', '--secure-port=0'],
  });
  start('kube-proxy', programs['kube-proxy'], [`--config=${file('kube-proxy.json')}`]);
  start('coredns', programs.coredns, ['-conf', file('Corefile')]);
  const pause = await archiveOfPause(programs.pause, signal);
  try {
    await untilReady(containerd, async () => (await run(programs.ctr, ['--address', containerdSocket, 'version'])).stdout !== '');
    await importImage(programs.ctr, join(pause, 'image.tar'));
  } finally {
    await rm(pause, { recursive: true, force: true });
  }
  signal?.throwIfAborted();
  const kubelet = start('kubelet', programs.kubelet, [
    `--config=${file('kubelet.json')}`, `--kubeconfig=${kubeconfigs.kubelet}`, `--root-dir=${file('kubelet')}`, `--cert-dir=${file('kubelet-pki')}`,
    `--hostname-override=${nodeName}`, `--node-ip=${network.inside}`,
  ]);
  await untilReady(kubelet, async () => {
    // A controller takes the taint of a node that is not ready away a moment after that.
    const takesPods = (node: ApiObject): boolean => hasCondition(node, 'Ready') && (node['spec'] as { readonly taints?: unknown } | undefined)?.taints === undefined;
    await api.waitFor({ apiVersion: 'v1', kind: 'Node', name: nodeName }, takesPods);
    return true;
  });
}

/** Brings an image from a file onto the node. */
export async function importImage(ctr: string, archive: string): Promise<void> {
  await run(ctr, ['--address', containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive], { maxBuffer: 10_000_000 });
}

/** The container that holds a pod's namespaces. @returns a folder with `image.tar`, to be removed by the caller */
async function archiveOfPause(program: string, signal: AbortSignal | undefined): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'pca-issuer-pause-'));
  await copyFile(program, join(context, 'pause'));
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY pause /pause\nUSER 65535:65535\nENTRYPOINT ["/pause"]\n');
  await buildWith('buildah', { tag: pauseImage, context, buildArgs: {}, offline: true }, signal);
  await runEngine(saveCommand('buildah', pauseImage, join(context, 'image.tar')), signal);
  return context;
}
