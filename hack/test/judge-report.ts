// Did the tests run that were to run? To Node's runner a file without a test is one that has passed, and so is one whose process ended early.
import path from 'node:path';

export interface Wanted {
  /** with their whole paths */
  readonly files: readonly string[];
  /** Some tests were chosen by their names, or left out here, so that not every file has one. */
  readonly isSelection: boolean;
}

export const noTestFound = 'no test was found that is to run';

/**
 * @param junit  what Node's reporter of that name wrote
 * @returns why a run in which nothing failed proves less than it should, undefined where it does not.
 */
export function judgeReport(junit: string, { files, isSelection }: Wanted): string | undefined {
  const cases = [...junit.matchAll(/<testcase name="([^"]*)"[^\n]*? file="([^"]*)"[^\n]*\n?\s*(<skipped)?/g)];
  const ran = cases.filter(([, name = '', file = '', skipped]) => path.resolve(name) !== file && skipped === undefined);
  const left = cases.filter(([, , , skipped]) => skipped !== undefined).map(([, name]) => name);
  // A file in which none ran is a case itself. `file` of a case is where `test` was called, which may be a helper's file.
  const empty = new Set(cases.map(([, name = '']) => path.resolve(name)));
  const without = files.filter((file) => empty.has(file)).map((file) => path.basename(file));
  if (left.length > 0) return `skipped: ${left.join('; ')}`;
  if (without.length === 0 || (isSelection && ran.length > 0)) return undefined;
  return isSelection ? noTestFound : `no test ran in ${without.join(', ')}`;
}
