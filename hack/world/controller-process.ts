// Our controller as a process: under its chart's ServiceAccount, with IRSA credentials from the emulator's STS.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from '../control-plane/api.ts';
import { signalProcess } from '../control-plane/build/process-identity.ts';
import { killProcesses, startProcess, untilReady } from '../control-plane/cluster/host-process.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import { writeServiceAccountKubeconfig } from '../control-plane/service-account.ts';
import { build } from '../build/build.ts';
import { makeCompileCache } from '../build/compile-cache.ts';
import { nodeFlags } from '../build/node-flags.ts';
import { ourIdentity, serviceAccount, type Identity } from './trust.ts';

export interface ControllerOptions {
  readonly api: Api;
  /** Where its log, identity, kubeconfig and token lie. */
  readonly directory: string;
  readonly emulatorUrl: string;
  /** `bundle`: what the image runs; `clocked`: the sources, on a clock that `advance` moves. */
  readonly form: 'bundle' | 'clocked';
  readonly flags?: readonly string[] | undefined;
  /** Tells several of them apart, in logs and as the session that AWS sees; `pca-issuer` unless told. */
  readonly name?: string | undefined;
  /** The bundle that runs; built where left out. */
  readonly bundle?: string | undefined;
  /** What it finds in its environment of AWS, in place of IRSA's variables. */
  readonly ambient?: Readonly<Record<string, string>> | undefined;
  /** The ServiceAccount that it runs under, and the role that this one may assume; as config/default installs it unless told. */
  readonly identity?: Identity | undefined;
  /** More flags of node itself, beside those of the image. */
  readonly nodeFlags?: readonly string[] | undefined;
}

export interface ControllerProcess {
  readonly logFile: string;
  /** Where the clock of a `clocked` controller is moved: POST /advance?ms=N. */
  readonly clockUrl: string;
  /** Its page of metrics. */
  readonly metricsUrl: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Such as SIGTERM, SIGSTOP and SIGCONT. */
  send(signal: NodeJS.Signals): void;
  /** How it ended, with its last lines, once it has. */
  readonly ended: Promise<string>;
}

/** Builds the bundle where it is what runs, starts the controller and waits until it is ready. */
export async function startControllerProcess(options: ControllerOptions): Promise<ControllerProcess> {
  const { api, directory, emulatorUrl, form, flags = [], name = 'pca-issuer', bundle, identity = ourIdentity } = options;
  const [kubeconfig, token, ports, program] = await Promise.all([
    writeServiceAccountKubeconfig(api, join(directory, 'kubeconfigs', name), identity),
    writeWebIdentityToken(api, join(directory, 'tokens', name), identity),
    freePorts(3),
    form === 'bundle' ? (bundle ?? build().then(({ file }) => file)) : join(import.meta.dirname, 'clocked-controller.ts'),
  ]);
  const [probes = 0, clockPort = 0, metrics = 0] = ports;
  const compileCache = form === 'bundle' ? await makeCompileCache(program) : {};
  const args = [`--kubeconfig=${kubeconfig}`, `--health-probe-bind-address=127.0.0.1:${probes}`, `--metrics-bind-address=127.0.0.1:${metrics}`, '--log-level=debug', ...flags];
  const started = startProcess({
    directory,
    name,
    command: process.execPath,
    args: form === 'bundle' ? [...nodeFlags, ...(options.nodeFlags ?? []), program, 'controller', ...args] : [program, ...args],
    environment: {
      ...compileCache,
      AWS_ENDPOINT_URL_ACM_PCA: emulatorUrl,
      AWS_ENDPOINT_URL_STS: emulatorUrl,
      ...(options.ambient ?? { AWS_EC2_METADATA_DISABLED: 'true', AWS_ROLE_ARN: identity.roleArn, AWS_ROLE_SESSION_NAME: name, AWS_WEB_IDENTITY_TOKEN_FILE: token }),
      CLOCK_PORT: String(clockPort),
    },
  });
  await untilReady(started, async () => (await fetch(`http://127.0.0.1:${probes}/readyz`)).ok);
  return {
    logFile: started.logFile,
    clockUrl: `http://127.0.0.1:${clockPort}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    kill: () => killProcesses([started]),
    send: (signal) => signalProcess(started, signal),
    ended: started.ended,
  };
}

/** The token that a pod would find projected: audience sts.amazonaws.com, a day long. @returns its file. */
export async function writeWebIdentityToken(api: Api, directory: string, account: { readonly namespace: string; readonly name: string } = serviceAccount): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'web-identity-token');
  const token = await api.token(account.namespace, account.name, { audiences: ['sts.amazonaws.com'], expirationSeconds: 86_400 });
  await writeFile(file, token, { mode: 0o600 });
  return file;
}
