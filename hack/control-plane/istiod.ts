// How does a real istiod run on the Secret `cacerts` of its namespace, and what can be asked of it?
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { killProcesses, logFileOf, startProcess, untilReady } from './cluster/host-process.ts';
import { answers } from './cluster/kubernetes.ts';
import { freePorts } from './cluster/ports.ts';
import type { Cluster } from './cluster/state.ts';
import { followSecret } from './istio/follow-secret.ts';
import { rootsAt, rootsIn } from './istio/handed-out.ts';
import { installIstio } from './istio/install.ts';
import { waitForLine, type LogWait } from './log-file.ts';
import { requestWorkloadCertificate, type WorkloadCertificate } from './istio/workload-certificate.ts';
import { program, type ProgramOptions } from './programs.ts';

export interface IstiodOptions extends ProgramOptions {
  readonly cluster: Pick<Cluster, 'name' | 'directory' | 'kubeconfig'>;
  /** as the cluster's admin */
  readonly api: Api;
  /** Where it runs and finds `cacerts`; istio-system unless told. Elsewhere it cares for its own namespace and those labelled `mesh: NAMESPACE`. */
  readonly namespace?: string | undefined;
  /** Settings of its Deployment, such as ISTIO_MULTIROOT_MESH. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Where Istio's own chart has installed it: what it is called, and as whom it acts. Its mesh configuration is in the cluster then. */
  readonly installed?: { readonly name: string; readonly kubeconfig: string } | undefined;
}

export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
}

export interface Istiod {
  /** everything that it has logged so far */
  logs(): Promise<string>;
  /** Waits for a line that contains the text. @throws Error with the last lines when it does not come */
  waitForLog(text: string, options?: LogWait): Promise<string>;
  /** Gets a certificate for a workload, whose namespace and ServiceAccount must exist, over TLS verified as a proxy does it: with istio-ca-root-cert. */
  signWorkload(workload: Workload): Promise<WorkloadCertificate>;
  /** What it hands out to the proxies of a namespace as the roots to trust, once it does. */
  handedOut(namespace: string): Promise<string>;
  stop(): Promise<void>;
}

/** What istiod logs when it takes a Secret of type kubernetes.io/tls for its CA. */
export const tookSecret = 'Using kubernetes.io/tls secret type for signing ca files';

/** What istiod logs when a mounted Secret's renewal has been taken without a restart. */
export const tookRenewal = 'Istiod has detected the newly added intermediate CA and updated its key and certs accordingly';

/**
 * Starts istiod with `cacerts` mounted as its Deployment does it, optional and updated as kubelet would, and installs what it needs
 * in the cluster.
 * @returns once it is ready.
 * @throws Error with its last lines when it ends instead, as it does when it refuses the Secret.
 */
export async function startIstiod({ cluster, api, namespace = 'istio-system', environment = {}, installed, ...building }: IstiodOptions): Promise<Istiod> {
  const command = await program('istiod', building);
  const name = installed?.name ?? (namespace === 'istio-system' ? 'istiod' : `istiod-${namespace}`);
  const folder = join(cluster.directory, name);
  const mesh = join(folder, 'mesh.yaml');
  const [ports, mounted] = await Promise.all([freePorts(4), followSecret(api, { namespace, name: 'cacerts' }, join(folder, 'cacerts')), installed === undefined ? installIstio(api, command) : undefined]);
  const [http, monitoring, https, secureGrpc] = ports.map((port) => `127.0.0.1:${port}`);
  if (installed === undefined) await writeFile(mesh, JSON.stringify({ trustDomain: 'cluster.local', ...(namespace === 'istio-system' ? {} : { discoverySelectors: discovered(namespace) }) }));
  // An istiod that ran here before wrote to the same log.
  const begin = (await readFile(logFileOf(cluster.directory, name), 'utf8').catch(() => '')).length;
  const started = startProcess({
    directory: cluster.directory,
    name,
    command,
    args: [
      'discovery', '--kubeconfig', installed?.kubeconfig ?? cluster.kubeconfig, '--domain', 'cluster.local', '--meshConfig', mesh,
      '--httpAddr', `${http}`, '--monitoringAddr', `${monitoring}`, '--httpsAddr', `${https}`,
      '--grpcAddr', '', '--secureGRPCAddr', `${secureGrpc}`, '--ctrlz_port', '0',
    ],
    environment: {
      PILOT_CERT_PROVIDER: 'istiod',
      CLUSTER_ID: cluster.name,
      TOKEN_AUDIENCES: 'istio-ca',
      JWT_POLICY: 'third-party-jwt',
      ...environment,
      POD_NAMESPACE: namespace,
      POD_NAME: `${name}-1`, // by it they know who leads
      ROOT_CA_DIR: mounted.folder,
      // The API server could not reach it.
      INJECTION_WEBHOOK_CONFIG_NAME: '',
      VALIDATION_WEBHOOK_CONFIG_NAME: '',
    },
  });
  const stop = async () => {
    await killProcesses([started]);
    await mounted.stop();
  };
  try {
    await untilReady(started, () => answers(`http://${http}/ready`));
  } catch (error) {
    await stop();
    throw error;
  }

  const handedOut = async (of: string): Promise<string> => rootsIn(await api.waitFor(rootsAt(of), () => true));
  return {
    logs: async () => (await readFile(started.logFile, 'utf8')).slice(begin),
    waitForLog: (text, { after = 0, ...options } = {}) => waitForLine(started.logFile, text, { ...options, after: begin + after }),
    handedOut,
    signWorkload: async (workload) =>
      requestWorkloadCertificate({
        address: `${secureGrpc}`,
        serverName: `istiod.${namespace}.svc`,
        caPem: await handedOut(workload.namespace),
        token: await api.token(workload.namespace, workload.serviceAccount, { audiences: ['istio-ca'] }),
        identity: identityOf(workload),
      }),
    stop,
  };
}

/** As its certificate names it. */
export function identityOf({ namespace, serviceAccount }: Workload): string {
  return `spiffe://cluster.local/ns/${namespace}/sa/${serviceAccount}`;
}

function discovered(namespace: string): readonly object[] {
  return [{ matchLabels: { mesh: namespace } }, { matchLabels: { 'kubernetes.io/metadata.name': namespace } }];
}
