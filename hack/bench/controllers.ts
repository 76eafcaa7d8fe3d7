// Who is measured, and how is each started: as its chart would, with credentials for its own ServiceAccount.
import { join } from 'node:path';
import { findProcess, killProcesses, startProcess, untilReady, type HostProcess } from '../control-plane/cluster/host-process.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import { writeServiceAccountKubeconfig } from '../control-plane/service-account.ts';
import { startControllerProcess, writeWebIdentityToken } from '../world/controller-process.ts';
import { account, region } from '../world/trust.ts';
import type { Arena } from './arena.ts';
import { readAge } from './process-meter.ts';

export const controllerNames = ['ours', 'peer'] as const;
export type ControllerName = (typeof controllerNames)[number];

/** As the API server knows them. */
export const userNames: Readonly<Record<ControllerName, string>> = {
  ours: 'system:serviceaccount:pca-issuer:pca-issuer',
  peer: 'system:serviceaccount:aws-privateca-issuer:aws-privateca-issuer',
};

export const peerVersion = '1.10.1';
export const controllerTitles: Readonly<Record<ControllerName, string>> = { ours: 'pca-issuer', peer: `aws-privateca-issuer v${peerVersion}` };
export const peerAccount = { namespace: 'aws-privateca-issuer', name: 'aws-privateca-issuer' } as const;
export const peerRoleArn = `arn:aws:iam::${account}:role/aws-privateca-issuer`;

export interface RunningController {
  readonly pid: number;
  /** From the start of the process until it called itself ready. */
  readonly readySeconds: number;
  stop(): Promise<void>;
}

/** Starts one of them and waits until it is ready. Never start both: they answer for the same API group. */
export function startController(arena: Arena, name: ControllerName): Promise<RunningController> {
  return name === 'ours' ? startOurs(arena) : startPeer(arena);
}

async function startOurs({ api, directory, emulatorUrl, bundle }: Arena): Promise<RunningController> {
  const started = await startControllerProcess({ api, directory, emulatorUrl, form: 'bundle', bundle, name: 'ours', flags: ['--log-level=info'] });
  const { pid } = await findProcess(directory, 'ours');
  return { pid, readySeconds: await readAge(pid), stop: () => started.kill() };
}

async function startPeer({ api, directory, emulatorUrl, peerProgram }: Arena): Promise<RunningController> {
  const [kubeconfig, token, [probes = 0]] = await Promise.all([
    writeServiceAccountKubeconfig(api, join(directory, 'kubeconfigs', 'peer'), peerAccount),
    writeWebIdentityToken(api, join(directory, 'tokens', 'peer'), peerAccount),
    freePorts(1),
  ]);
  const started: HostProcess = startProcess({
    directory,
    name: 'peer',
    command: peerProgram,
    // No leader election for either: outside of a pod the peer finds no namespace for its lease.
    args: [`--kubeconfig=${kubeconfig}`, `--health-probe-bind-address=127.0.0.1:${probes}`, '--metrics-bind-address=0'],
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
  return { pid: started.pid, readySeconds: await readAge(started.pid), stop: () => killProcesses([started]) };
}
