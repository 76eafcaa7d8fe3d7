// docs/benchmark.md: what was measured, beside what was promised, and how to do it again.
import { basename } from 'node:path';
import { awsSettings } from './arena.ts';
import { controllerTitles } from './controllers.ts';
import { goals, judgeGoal, type Goal } from './goals.ts';
import { foreignRequests, foreignSecrets, restSeconds } from './measure-memory.ts';
import { faultTable, formatted, memoryTable, startTable, table, workTable } from './report-tables.ts';
import type { Results } from './results.ts';

const signs = { met: '✓', missed: '✗', 'not measured': '–' } as const;

/** @param files where the plot and the raw numbers lie beside the report */
export function reportOf(results: Results, files: { readonly plot: string; readonly raw: string }): string {
  const { machine, versions, rounds, command, startedAt, minutes, brokenOff } = results;
  const number = (value: number | undefined, { unit }: Goal): string => (value === undefined ? '–' : `${formatted(value)}${unit === '' ? '' : ` ${unit}`}`);
  const promised = goals.map((goal) => {
    const ours = goal.read(results, 'ours');
    return [goal.title, number(goal.read(results, 'peer'), goal), number(ours, goal), `${goal.atMost}${goal.unit === '' ? '' : ` ${goal.unit}`}`, signs[judgeGoal(goal, ours)]];
  });
  const missed = goals.filter((goal) => judgeGoal(goal, goal.read(results, 'ours')) === 'missed').length;
  return `# Benchmark

pca-issuer and ${controllerTitles.peer} in turns on the same work: the same control plane, the same AWS Private CA emulator,
the same CSRs, approved by the same hand. \`${command}\` writes this page; no number in it comes from elsewhere.
${brokenOff === undefined ? '' : `\n**The run broke off**, so that numbers are missing: ${brokenOff.replaceAll(/\s+/g, ' ')}\n`}
Measured at ${startedAt}, in ${Math.round(minutes)} minutes, ${rounds === 1 ? 'one round' : `${rounds} rounds, of which medians are shown`}, on ${machine.cores} cores (${machine.processor}),
${formatted(machine.memoryBytes / 1e9)} GB of memory, Linux ${machine.kernel}. Everything shares these cores: API server, etcd, cert-manager's webhook,
emulator, bench and the controller that is measured.

${table(['', 'version'], Object.entries(versions))}

## Promises

${table(['', controllerTitles.peer, controllerTitles.ours, 'at most', ''], promised)}

${missed === 0 ? 'Every goal that was measured is met.' : `${missed} of ${goals.length} goals are missed.`} MB are 10⁶ bytes.

## Latency

![Latency distributions: share of the requests issued over seconds from Approved to Issued](${basename(files.plot)})

Latency runs from the moment a watch shows a request as Approved until it shows it as Issued. "All issued after" runs from the first
approval to the last end. The emulator answers after ${awsSettings.roundTripMs['*']} ms, signs in ${awsSettings.signingMs / 1_000} s and throttles as AWS does: 25 IssueCertificate and 75
GetCertificate a second, with a burst of one second's worth. Below 1.8 s nobody can be: two round trips and the signing.

## Work

${workTable(results)}

Calls to AWS and writes to Kubernetes are per request; writes come from the API server's audit log. CPU is user and kernel time of the
process over the run. Each row is a process of its own, started afresh, which has issued one certificate before it counts.

## Faults

30 requests at once; a request that is neither Issued nor Failed after 2 minutes is pending. A duplicate is a certificate that AWS
made, and bills, beyond one for each CSR.

${faultTable(results)}

## Memory

${memoryTable(results)}

At rest: one issuer, one certificate issued, then ${restSeconds} s of nothing. Full cluster: started beside ${foreignRequests.toLocaleString('en')} finished requests of another issuer group
and ${foreignSecrets} Secrets of 300 kB, with an issuer that reads its access key from a Secret; its first certificate issued, then ${restSeconds} s of nothing.

## Start

${startTable(results)}

Ready: from the start of the process until its /readyz says so (the peer's is a ping). First certificate: until a request that had
been waiting, approved, is Issued; 1.8 s of it are AWS's.

## How to repeat it

    npm ci && ${command}

It needs what the end-to-end tests need (Go 1.26.6 or newer, openssl), builds the peer from its Go module the first time, takes a
quarter of an hour a round and leaves nothing running. \`npm run bench -- --help\` tells how to measure a part of it. Raw numbers:
[${basename(files.raw)}](${basename(files.raw)}).

What the comparison is not: both run as processes without a memory limit, without leader election and without containers; AWS is an
emulator on the same machine; approvals arrive as fast as the API server takes them, 16 at a time.
`;
}
