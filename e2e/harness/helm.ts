// helm and kubectl as people type them, on a cluster of the test.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { program } from '../../hack/control-plane/programs.ts';

const run = promisify(execFile);

export interface CommandLine extends AsyncDisposable {
  /** One line, as a page or a report shows it. @returns what it printed. @throws with what it complained of */
  type(line: string): Promise<string>;
}

/** @param scratch a folder of the test: what helm and kubectl remember of another API server on the same port must not count. */
export function helmEnvironment(kubeconfig: string, scratch: string): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: scratch, HELM_CACHE_HOME: scratch, HELM_CONFIG_HOME: scratch, HELM_DATA_HOME: scratch };
}

/** @param folder where its relative paths start. */
export async function openCommandLine(kubeconfig: string, folder: string): Promise<CommandLine> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'pca-issuer-helm-'));
  const folders = [path.dirname(await program('helm')), path.dirname(await program('kubectl'))];
  const env = { ...helmEnvironment(kubeconfig, scratch), PATH: [...folders, process.env['PATH']].join(':') };
  return {
    type: async (line) => (await run('bash', ['-c', line], { env, cwd: folder, maxBuffer: 16 << 20 })).stdout,
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }),
  };
}
