// The controller as a process that can be killed and started again at once, as a kubelet would.
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { findProcess, killProcesses, startProcess, untilReady, type HostProcess, type ProcessRecord } from '../../hack/control-plane/cluster/host-process.ts';

export interface RestartableController {
  /** SIGKILL, and the same command again. Resolves when the former is gone and the next one has been started. */
  killAndStart(): Promise<void>;
  untilReady(): Promise<void>;
}

/**
 * Takes over a controller that runs under this folder.
 * @param flags more flags for every later start
 */
export async function takeOverController(directory: string, name: string, flags: readonly string[] = []): Promise<RestartableController> {
  const first = await findProcess(directory, name);
  // Flags of node stand before the program.
  const at = first.args.findIndex((arg) => !arg.startsWith('-'));
  const [program = '', ...args] = first.args.slice(at);
  // Somebody may build while we kill.
  const bundle = path.join(directory, `${name}.mjs`);
  await copyFile(program, bundle);
  const probes = args.find((arg) => arg.startsWith('--health-probe-bind-address='))?.split('=')[1] ?? '';
  const order = { directory, name, command: first.command, environment: first.environment, args: [...first.args.slice(0, at), bundle, ...args, ...flags] };
  let running: ProcessRecord | HostProcess = first;
  return {
    async killAndStart() {
      await killProcesses([running]);
      running = startProcess(order);
    },
    async untilReady() {
      if ('ended' in running) await untilReady(running, async () => (await fetch(`http://${probes}/readyz`)).ok);
    },
  };
}
