// `npm run unit`: the tests beside the code, of the product and of what stands around it side by side.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const halves = ['src/**/*.test.ts', 'hack/**/*.test.ts'];

async function run(pattern: string): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, ['--test', '--test-isolation=none', '--test-reporter=spec', pattern], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const output = await text(child.stdout);
  // To Node's runner a pattern that finds nothing has passed.
  const isProof = /ℹ tests [1-9]/.test(output) && /ℹ skipped 0\b/.test(output) && /ℹ todo 0\b/.test(output);
  return { code: (await ended) || (isProof ? 0 : 1), output };
}

const results = await Promise.all(halves.map(run));
for (const { output } of results) process.stdout.write(output);
process.exitCode = Math.max(...results.map(({ code }) => code));
