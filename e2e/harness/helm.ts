// helm and kubectl as people type them, on a cluster of the test.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { helmEnvironment } from '../../hack/control-plane/helm-environment.ts';
import { program } from '../../hack/control-plane/programs.ts';

const run = promisify(execFile);

export interface CommandLine extends AsyncDisposable {
  /** One line, as a page or a report shows it. @returns what it printed. @throws with what it complained of */
  type(line: string): Promise<string>;
}

/** @param folder where its relative paths start. */
export async function openCommandLine(kubeconfig: string, folder: string): Promise<CommandLine> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'pca-issuer-helm-'));
  const folders = [path.dirname(await program('helm')), path.dirname(await program('kubectl'))];
  const env = { ...helmEnvironment(scratch, kubeconfig), PATH: [...folders, process.env['PATH']].join(':') };
  return {
    type: async (line) => (await run('bash', ['-c', line], { env, cwd: folder, maxBuffer: 16 << 20 })).stdout,
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }),
  };
}
