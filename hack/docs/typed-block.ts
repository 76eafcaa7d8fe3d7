// What happens when the commands of a page are typed into a shell, one block after the other? The first that fails ends it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Shell {
  /** Holds between blocks what carries over. */
  readonly scratch: string;
  /** where the first block begins */
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Only ends what hangs: a block may wait for two rollouts of 120 s. */
const patienceMs = 400_000;

/** A person would see an error pass by in a loop, a pipe or $(…), and a variable that is empty: here each of them ends the block. */
const careful = 'set -euo pipefail; shopt -s inherit_errexit';

/**
 * Variables that are exported, functions and the folder carry over from the blocks before.
 * @returns all that it printed.
 * @throws AssertionError with that where a command fails, or the block ends before its end
 */
export async function typeBlock(commands: string, { scratch, cwd, environment }: Shell): Promise<string> {
  const [state, next, file] = ['state', 'next', 'block.sh'].map((name) => path.join(scratch, name)) as [string, string, string];
  const script = `touch ${state}; source ${state}\n${careful}\nexec 2>&1\n${commands}\n{ export -p; declare -f; printf 'cd %q\\n' "$PWD"; } > ${next}\nmv ${next} ${state}; touch ${next}`;
  await writeFile(file, script);
  await rm(next, { force: true });
  const failed = (why: string, stdout: string) => new assert.AssertionError({ message: `${commands}\nfailed (${why}) after printing:\n${stdout}` });
  try {
    const { stdout } = await run('bash', [file], { env: environment, cwd, timeout: patienceMs, maxBuffer: 16 << 20 });
    await access(next).catch(() => Promise.reject(failed('it ended before its last command', stdout)));
    return stdout;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const { stdout = '', message } = error as Error & { readonly stdout?: string };
    throw failed(message.split('\n')[0] ?? '', stdout);
  }
}
