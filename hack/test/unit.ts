// `npm run unit`: the tests beside the code, of the product and of what stands around it side by side.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const halves = ['src/**/*.test.ts', 'hack/**/*.test.ts'];

async function run(pattern: string): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, ['--test', '--test-isolation=none', '--test-reporter=spec', pattern], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const output = await text(child.stdout);
  return { code: await ended, output };
}

const results = await Promise.all(halves.map(run));
for (const { output } of results) process.stdout.write(output);
process.exitCode = Math.max(...results.map(({ code }) => code));
