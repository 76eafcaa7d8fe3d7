// `npm test`: typecheck, lint, unit tests, then the scenarios against a real control plane. Stops at the first failure.
import { runStage, tableOf, type StageResult } from './stages.ts';

const stages = [
  { name: 'typecheck', what: 'types of everything' },
  { name: 'lint', what: 'rules of everything' },
  { name: 'unit', what: 'tests beside the code' },
  { name: 'check', what: 'tests of the Go tool that judges Secrets' },
  { name: 'e2e', what: 'scenarios against a real control plane; its first build takes minutes' },
] as const;

const results: StageResult[] = [];
for (const stage of stages) {
  results.push(await runStage(stage));
  if (results.at(-1)?.outcome !== 'passed') break;
}

console.log(['\n== npm test', ...tableOf(results)].join('\n'));
process.exitCode = results.length === stages.length && results.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
