// What must hold after kills, and what is told of them.
import assert from 'node:assert/strict';
import type { KillResult } from './kill-run.ts';

/** Prints the result in one line, then asserts that no promise is broken. */
export function assertUnharmed(result: KillResult): void {
  const { kills, requests, issued, failed, pending, duplicates, replays, violations, wrong, faults, secondsToHeal } = result;
  const told = Object.entries(faults).map(([name, count]) => `${count} × ${name}`).join(', ') || 'none';
  console.log(
    `${kills} kills, ${requests} requests (faults: ${told}): ${issued} Issued, ${failed} Failed, ${pending} pending, ${duplicates} duplicates, ${wrong.length} wrong, ${replays} tokens replayed, ${violations} violations, all done ${secondsToHeal.toFixed(1)} s after the last start`,
  );
  assert.deepEqual({ issued, failed, pending, duplicates, violations, wrong }, { issued: requests, failed: 0, pending: 0, duplicates: 0, violations: 0, wrong: [] });
  assert.ok(secondsToHeal <= 60, `the last request was done ${secondsToHeal} s after the last start`);
}
