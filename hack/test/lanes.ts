// `npm run lanes`: what needs more of a machine than `npm test` does, one lane after the other. What this machine cannot run, or not in the
// time that is left, is left out, with the reason.
import { parseArgs } from 'node:util';
import { parts } from '../control-plane/cluster/start.ts';
import { secondsToBuild, type ProgramName } from '../control-plane/programs.ts';
import { nodePrograms } from '../node/programs.ts';
import { judgeTime } from './judge-time.ts';
import { slownessOfCores } from './slowness.ts';
import { runStage, tableOf, type Stage, type StageResult } from './stages.ts';

interface Lane extends Stage {
  /** How long it takes on 2 cores, all built. */
  readonly seconds: number;
  readonly programs: readonly ProgramName[];
}

const help = `Runs the lanes: e2e:page, e2e:node, e2e:mesh and e2e:guides. What this machine cannot run is left out, and why is said.

Usage: npm run lanes -- [FLAGS]

  --within MINUTES   leave out what would not be done by then; building what is missing counts. No limit unless told
  --spent SECONDS    how much of that is over already`;

/** Each exits with hack/test/unavailable.ts's code where the machine cannot run it. */
const lanes: readonly Lane[] = [
  { name: 'e2e:page', what: 'the page of verify in headless Chromium', seconds: 70, programs: [] },
  { name: 'e2e:node', what: 'the image as real pods on a real node', seconds: 240, programs: [...parts, ...nodePrograms, 'helm', 'kubectl', 'check'] },
  { name: 'e2e:mesh', what: 'real istiods of two clusters through every rotation', seconds: 270, programs: [...parts, 'istiod', 'aws-privateca-issuer', 'helm', 'kubectl', 'check'] },
  { name: 'e2e:guides', what: 'the commands of docs/guides, as they stand', seconds: 270, programs: [...parts, 'istiod', 'helm', 'kubectl', 'trust-manager', 'check'] },
];

const { values } = parseArgs({ options: { within: { type: 'string' }, spent: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const [withinMinutes, spentBefore] = [Number(values.within ?? Infinity), Number(values.spent ?? 0)];
if (values.help === true || Number.isNaN(withinMinutes + spentBefore)) {
  console.log(help);
  process.exit(values.help === true ? 0 : 2);
}
const since = performance.now() - spentBefore * 1_000;
const limitSeconds = withinMinutes * 60;

let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isStopped = true));

const results: StageResult[] = [];
for (const lane of lanes) {
  if (isStopped) break;
  const spentSeconds = (performance.now() - since) / 1_000;
  const why = judgeTime({ limitSeconds, spentSeconds, buildSeconds: await secondsToBuild(lane.programs), runSeconds: lane.seconds, slowness: slownessOfCores() });
  results.push(why === undefined ? await runStage(lane) : { name: lane.name, seconds: 0, outcome: 'left out', why });
}

console.log(['\n== npm run lanes', ...tableOf(results)].join('\n'));
process.exitCode = isStopped || results.some(({ outcome }) => outcome === 'FAILED') ? 1 : 0;
