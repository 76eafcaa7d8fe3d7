// The matrix as a table for people: one line a row, nothing left out, and what each column means.
import { describeRow } from './fault-rows.ts';
import type { RowResult } from './run-row.ts';

const longestHealSeconds = 60;

/** @returns what breaks a promise in this row; empty when nothing does. */
export function brokenPromises(result: RowResult): readonly string[] {
  const { failed, pending, duplicates, wrong, strikes, secondsToHeal = Infinity, complaint = '' } = result;
  return [
    ...(failed > 0 ? [`${failed} Failed: ${complaint}`] : []),
    ...(pending > 0 ? [`${pending} not issued in time`] : []),
    ...(duplicates === 0 ? [] : [`${duplicates} duplicates`]),
    ...wrong,
    ...(strikes === 0 ? ['the fault never struck'] : []),
    ...(pending === 0 && secondsToHeal > longestHealSeconds ? [`healed after ${secondsToHeal} s`] : []),
  ];
}

/** Markdown: the rows in their order, then a line of sums. */
export function resultTable(results: readonly RowResult[]): string {
  const sum = (of: (result: RowResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const lines = results.map((result) => {
    const { row, issued, failed, pending, strikes, duplicates, boughtAgain, wrong, secondsToHeal } = result;
    const cells = [row.kind, row.operation, row.requests, row.times === 'until-cleared' ? `${strikes} in 8 s` : strikes];
    return line([...cells, issued, failed, pending, duplicates, wrong.length, boughtAgain, secondsToHeal?.toFixed(1) ?? 'not']);
  });
  const slowest = Math.max(...results.map(({ secondsToHeal }) => secondsToHeal ?? Infinity));
  const sums = [(r: RowResult) => r.issued, (r: RowResult) => r.failed, (r: RowResult) => r.pending, (r: RowResult) => r.duplicates, (r: RowResult) => r.wrong.length, (r: RowResult) => r.boughtAgain];
  return [
    line(['fault', 'operation', 'requests', 'strikes', 'Issued', 'Failed', 'pending', 'duplicates', 'wrong', 'bought again', 'seconds to heal']),
    line(Array.from({ length: 11 }, () => '---')),
    ...lines,
    line(['all', `${results.length} rows`, sum(({ row }) => row.requests), sum(({ strikes }) => strikes), ...sums.map(sum), `at most ${slowest.toFixed(1)}`]),
    '',
    'Seconds to heal: from the end of the last struck call (or of the 8 s) to the last request Issued, by the wall clock.',
    'Bought again: AWS made a certificate that cannot be used (wrong-key, another CA\'s, failed signing); one more was asked for, once.',
  ].join('\n');
}

/** One line while it runs. */
export function progressLine(done: number, all: number, result: RowResult): string {
  const broken = brokenPromises(result);
  const { issued, strikes, secondsToHeal, row } = result;
  return `${String(done).padStart(4)}/${all} ${broken.length === 0 ? 'ok    ' : 'BROKEN'} ${describeRow(row)}: ${strikes} strikes, ${issued} issued, healed in ${secondsToHeal?.toFixed(1) ?? '?'} s ${broken.join('; ')}`;
}

function line(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
