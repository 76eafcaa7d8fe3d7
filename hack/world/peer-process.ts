// aws-privateca-issuer as a process: under its chart's ServiceAccount, with IRSA credentials from the emulator's STS.
import { join } from 'node:path';
import type { Api } from '../control-plane/api.ts';
import { signalProcess } from '../control-plane/build/process-identity.ts';
import { killProcesses, startProcess, untilReady } from '../control-plane/cluster/host-process.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import { writeServiceAccountKubeconfig } from '../control-plane/service-account.ts';
import { writeWebIdentityToken } from './controller-process.ts';
import { account, region, type Identity } from './trust.ts';

/** As its chart installs it. */
export const peerAccount = { namespace: 'aws-privateca-issuer', name: 'aws-privateca-issuer' } as const;
export const peerRoleArn = `arn:aws:iam::${account}:role/aws-privateca-issuer`;
export const peerIdentity: Identity = { ...peerAccount, roleArn: peerRoleArn };

export interface PeerOptions {
  readonly api: Api;
  readonly directory: string;
  readonly emulatorUrl: string;
  /** Where ensurePrograms has put it. */
  readonly program: string;
  /** Takes its lease, as in its chart. For that it must believe that it is in a pod. */
  readonly leaderElection: boolean;
}

export interface PeerProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  send(signal: NodeJS.Signals): void;
}

/** Starts it and waits until it calls itself ready. */
export async function startPeerProcess({ api, directory, emulatorUrl, program, leaderElection }: PeerOptions): Promise<PeerProcess> {
  const [kubeconfig, token, [probes = 0]] = await Promise.all([
    writeServiceAccountKubeconfig(api, join(directory, 'kubeconfigs', 'peer'), peerAccount),
    writeWebIdentityToken(api, join(directory, 'tokens', 'peer'), peerAccount),
    freePorts(1),
  ]);
  const flags = [`--kubeconfig=${kubeconfig}`, `--health-probe-bind-address=127.0.0.1:${probes}`, '--metrics-bind-address=0'];
  const [command, ...args] = leaderElection ? inPodOf(peerAccount.namespace, [program, ...flags, '--leader-elect']) : [program, ...flags];
  const started = startProcess({
    directory,
    name: 'peer',
    command,
    args,
    environment: {
      AWS_ENDPOINT_URL_ACM_PCA: emulatorUrl,
      AWS_ENDPOINT_URL_STS: emulatorUrl,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: region,
      AWS_ROLE_ARN: peerRoleArn,
      AWS_ROLE_SESSION_NAME: 'peer',
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
    },
  });
  await untilReady(started, async () => (await fetch(`http://127.0.0.1:${probes}/readyz`)).ok);
  return { pid: started.pid, logFile: started.logFile, kill: () => killProcesses([started]), send: (signal) => signalProcess(started, signal) };
}

/**
 * It reads the namespace of its lease from the file that a pod finds mounted, and has no flag for it. So it gets a mount
 * namespace of its own with that file in it; who is not root gets a user namespace too.
 */
function inPodOf(namespace: string, command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const folder = '/run/secrets/kubernetes.io/serviceaccount';
  const script = `mount -t tmpfs tmpfs /run && mkdir -p ${folder} && printf %s ${namespace} > ${folder}/namespace && exec "$@"`;
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return ['unshare', ...asRoot, '--mount', 'sh', '-c', script, 'sh', ...command];
}
