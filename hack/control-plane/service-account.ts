// How does a program act as a ServiceAccount from outside the cluster? With a token file that can be renewed in place.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Api } from './api.ts';
import type { Cluster } from './cluster/state.ts';
import { kubeconfigText } from './kubeconfig.ts';

export interface ServiceAccountLogin {
  readonly namespace: string;
  readonly name: string;
  /** life of the token; 30 days unless told */
  readonly expirationSeconds?: number | undefined;
}

/**
 * Asks for a fresh token of a ServiceAccount, which must exist, and writes it beside a kubeconfig that names its file.
 * Called again it replaces the token in place, which client-go and client-node pick up within a minute.
 * @param directory  where `<namespace>-<name>.kubeconfig` and `.token` are written
 * @returns the kubeconfig's path.
 * @throws ApiError 404 when there is no such ServiceAccount.
 */
export async function writeServiceAccountKubeconfig(api: Api, directory: string, { namespace, name, expirationSeconds = 30 * 86_400 }: ServiceAccountLogin): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const account = `${namespace}-${name}`;
  const tokenFile = join(directory, `${account}.token`);
  const kubeconfig = join(directory, `${account}.kubeconfig`);
  await replaceFile(tokenFile, await api.token(namespace, name, { expirationSeconds }));
  await replaceFile(kubeconfig, kubeconfigText({ name: account, server: api.server, caPem: api.caPem, user: { tokenFile }, namespace }));
  return kubeconfig;
}

/** The same for a control plane of ours, with the files in its folder. */
export async function serviceAccountKubeconfig(cluster: Cluster, login: ServiceAccountLogin): Promise<string> {
  const api = await connect(cluster);
  try {
    return await writeServiceAccountKubeconfig(api, join(cluster.directory, 'kubeconfigs'), login);
  } finally {
    await api.close();
  }
}

async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, file);
}
