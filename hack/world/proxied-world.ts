// A world whose controller reaches its API server only through a proxy that can be told to misbehave (hack/api-proxy).
import { join } from 'node:path';
import { connect } from '../control-plane/api.ts';
import { down, up } from '../control-plane/cluster.ts';
import { answers } from '../control-plane/cluster/kubernetes.ts';
import { startProcess, untilReady } from '../control-plane/cluster/host-process.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import type { Cluster } from '../control-plane/cluster/state.ts';
import { connectEmulator } from '../pca-emulator/src/admin-client.ts';
import { startControllerProcess } from './controller-process.ts';
import { trustCluster } from './trust.ts';
import { install, startEmulatorProcess, type World, type WorldOptions } from './world.ts';

/** The controller runs on a clock that can be moved, and nobody approves by himself. */
export async function startProxiedWorld({ name, oldest, keep = false, progress, signal }: Omit<WorldOptions, 'controller' | 'approves'>): Promise<World> {
  const cluster = await up({ name, oldest, keep, progress, signal });
  const { directory, kubeconfig } = cluster;
  const api = await connect(cluster);
  const close = async (): Promise<void> => {
    await api.close();
    if (!keep) await down(name);
  };
  try {
    const [emulatorUrl, proxy] = await Promise.all([startEmulatorProcess(directory), startApiProxy(cluster), install(api, false)]);
    const emulator = connectEmulator(emulatorUrl);
    await trustCluster(api, emulator);
    // Its kubeconfig is written from this: the API server's own name for itself, less the port.
    const throughProxy = { ...api, server: proxy.server };
    const controller = await startControllerProcess({ api: throughProxy, directory, emulatorUrl, form: 'clocked' });
    return { name, directory, cluster, kubeconfig, api, emulator, emulatorUrl, controller, proxyUrl: proxy.adminUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** It shows the API server's own certificate, so that its callers trust it as they trust that. */
async function startApiProxy({ directory, server, caFile }: Cluster): Promise<{ readonly server: string; readonly adminUrl: string }> {
  const [port = 0, adminPort = 0] = await freePorts(2);
  const credentials = join(directory, 'credentials');
  const started = startProcess({
    directory,
    name: 'api-proxy',
    command: process.execPath,
    args: [
      join(import.meta.dirname, '../api-proxy/serve.ts'), `--port=${port}`, `--admin-port=${adminPort}`, `--server=${server}`, `--ca=${caFile}`,
      `--certificate=${join(credentials, 'kube-apiserver.crt')}`, `--key=${join(credentials, 'kube-apiserver.key')}`,
    ],
  });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  await untilReady(started, () => answers(`${adminUrl}/state`));
  return { server: `https://127.0.0.1:${port}`, adminUrl };
}
