// How does a real istiod run on a Secret that we made, and what can be asked of it?
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { killProcesses, logFileOf, startProcess, untilReady } from './cluster/host-process.ts';
import { answers } from './cluster/kubernetes.ts';
import { freePorts } from './cluster/ports.ts';
import type { Cluster } from './cluster/state.ts';
import { installIstio } from './istio/install.ts';
import { waitForLine, type LogWait } from './istio/log-file.ts';
import { mountSecret, type SecretData } from './istio/mounted-secret.ts';
import { requestWorkloadCertificate, type WorkloadCertificate } from './istio/workload-certificate.ts';
import { program, type ProgramOptions } from './programs.ts';

export interface IstiodOptions extends ProgramOptions {
  readonly cluster: Cluster;
  /** as the cluster's admin */
  readonly api: Api;
  /** `cacerts`: tls.crt, tls.key, ca.crt */
  readonly secret: SecretData;
}

export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** cluster.local unless told */
  readonly trustDomain?: string | undefined;
}

export interface Istiod {
  readonly logFile: string;
  /** everything that it has logged so far */
  logs(): Promise<string>;
  /** Waits for a line that contains the text. @throws Error with the last lines when it does not come */
  waitForLog(text: string, options?: LogWait): Promise<string>;
  /** Updates the mounted Secret as kubelet would; istiod's reaction is in its log. */
  updateSecret(secret: SecretData): Promise<void>;
  /** Gets a certificate for a workload, whose namespace and ServiceAccount must exist, over TLS verified with ca.crt. */
  signWorkload(workload: Workload): Promise<WorkloadCertificate>;
  stop(): Promise<void>;
}

/** What istiod logs when it takes a Secret of type kubernetes.io/tls for its CA. */
export const tookSecret = 'Using kubernetes.io/tls secret type for signing ca files';

/** What istiod logs when a mounted Secret's renewal has been taken without a restart. */
export const tookRenewal = 'Istiod has detected the newly added intermediate CA and updated its key and certs accordingly';

/**
 * Starts istiod with a Secret mounted as its CA, and installs what it needs in the cluster.
 * @returns once it is ready.
 * @throws Error with its last lines when it ends instead, as it does when it refuses the Secret.
 */
export async function startIstiod({ cluster, api, secret, ...building }: IstiodOptions): Promise<Istiod> {
  const command = await program('istiod', building);
  const folder = join(cluster.directory, 'istiod');
  const mounted = join(folder, 'cacerts');
  const mesh = join(folder, 'mesh.yaml');
  const [ports] = await Promise.all([freePorts(4), installIstio(api, command), mountSecret(mounted, secret)]);
  const [http, monitoring, https, secureGrpc] = ports.map((port) => `127.0.0.1:${port}`);
  await writeFile(mesh, 'trustDomain: cluster.local\n');
  // An istiod that ran here before wrote to the same log.
  const begin = (await readFile(logFileOf(cluster.directory, 'istiod'), 'utf8').catch(() => '')).length;
  const started = startProcess({
    directory: cluster.directory,
    name: 'istiod',
    command,
    args: [
      'discovery', '--kubeconfig', cluster.kubeconfig, '--domain', 'cluster.local', '--meshConfig', mesh,
      '--httpAddr', `${http}`, '--monitoringAddr', `${monitoring}`, '--httpsAddr', `${https}`,
      '--grpcAddr', '', '--secureGRPCAddr', `${secureGrpc}`, '--ctrlz_port', '0',
    ],
    environment: {
      POD_NAMESPACE: 'istio-system',
      POD_NAME: 'istiod-1',
      ROOT_CA_DIR: mounted,
      PILOT_CERT_PROVIDER: 'istiod',
      CLUSTER_ID: cluster.name,
      INJECTION_WEBHOOK_CONFIG_NAME: '',
      VALIDATION_WEBHOOK_CONFIG_NAME: '',
      TOKEN_AUDIENCES: 'istio-ca',
      JWT_POLICY: 'third-party-jwt',
    },
  });
  try {
    await untilReady(started, () => answers(`http://${http}/ready`));
  } catch (error) {
    await killProcesses([started]);
    throw error;
  }

  return {
    logFile: started.logFile,
    logs: async () => (await readFile(started.logFile, 'utf8')).slice(begin),
    waitForLog: (text, { after = 0, ...options } = {}) => waitForLine(started.logFile, text, { ...options, after: begin + after }),
    updateSecret: (renewed) => mountSecret(mounted, renewed),
    signWorkload: async ({ namespace, serviceAccount, trustDomain = 'cluster.local' }) =>
      requestWorkloadCertificate({
        address: `${secureGrpc}`,
        caPem: await readFile(join(mounted, 'ca.crt'), 'utf8'),
        token: await api.token(namespace, serviceAccount, { audiences: ['istio-ca'] }),
        identity: `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`,
      }),
    stop: () => killProcesses([started]),
  };
}
