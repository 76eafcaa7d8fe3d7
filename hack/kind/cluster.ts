// How does a cluster of kind come up with our image and cert-manager in it?
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program, programVersion } from '../control-plane/programs.ts';
import type { Progress } from '../control-plane/progress.ts';
import { runEngine } from '../image/engine.ts';
import { Unavailable } from '../test/unavailable.ts';
import { certManagerArguments, createCommand, deleteCommand, gatewayCommand, gatewayIn, loadCommand } from './commands.ts';

const run = promisify(execFile);

interface KindOptions {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** @throws Unavailable with one sentence where there is no docker that works, or no kind. */
export async function requireKind(): Promise<void> {
  const works = (command: string, ...args: readonly string[]) => run(command, args, { timeout: 20_000 }).then(() => true, () => false);
  if (process.platform !== 'linux') throw new Unavailable(`The lane on kind runs on Linux only, where pods reach this machine by the gateway of docker's network, and this is ${process.platform}.`);
  if (!(await works('docker', 'info'))) throw new Unavailable('kind needs docker, and `docker info` does not work here.');
  if (!(await works('kind', 'version'))) throw new Unavailable('There is no kind on the PATH (https://kind.sigs.k8s.io).');
}

/**
 * Replaces what a former run left.
 * @param kubeconfig  the file that is written
 * @param archive     our image, as `docker save` writes it
 * @returns the address of this machine that the cluster's pods reach.
 */
export async function startKind(kubeconfig: string, archive: string, { progress, signal }: KindOptions): Promise<string> {
  await stopKind(kubeconfig);
  const step = progress.begin('kind, our image, cert-manager');
  try {
    await runEngine(createCommand(kubeconfig), signal);
    await runEngine(loadCommand(archive), signal);
    await run(await program('helm', { progress, signal }), certManagerArguments(programVersion('cert-manager')), { env: { ...process.env, KUBECONFIG: kubeconfig }, signal });
    const address = gatewayIn(await runEngine(gatewayCommand, signal));
    if (address === undefined) throw new Error('docker\'s network "kind" has no IPv4 gateway, by which pods would reach this machine.');
    step.end('ready');
    return address;
  } catch (error) {
    step.end('failed');
    throw error;
  }
}

export async function stopKind(kubeconfig: string): Promise<void> {
  await runEngine(deleteCommand(kubeconfig)).catch(() => undefined); // there may be none
}
