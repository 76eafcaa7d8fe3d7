// `npm test`: typecheck, lint, unit tests, then the scenarios against a real control plane. Stops at the first failure.
import { spawnSync } from 'node:child_process';

const stages = [
  { name: 'typecheck', what: 'types of everything' },
  { name: 'lint', what: 'rules of everything' },
  { name: 'unit', what: 'tests beside the code' },
  { name: 'check', what: 'tests of the Go tool that judges Secrets' },
  { name: 'e2e', what: 'scenarios against a real control plane; its first build takes minutes' },
] as const;

const results: { readonly name: string; readonly seconds: number; readonly isGreen: boolean }[] = [];

for (const { name, what } of stages) {
  console.log(`\n== ${name}: ${what}`);
  const started = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit' });
  results.push({ name, seconds: (performance.now() - started) / 1_000, isGreen: status === 0 });
  if (status !== 0) break;
}

console.log('\n== npm test');
for (const { name, seconds, isGreen } of results) console.log(`  ${isGreen ? 'passed' : 'FAILED'}  ${name.padEnd(10)} ${seconds.toFixed(1).padStart(7)} s`);
process.exitCode = results.length === stages.length && results.every(({ isGreen }) => isGreen) ? 0 : 1;
