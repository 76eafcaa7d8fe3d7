// How do several npm scripts run one after the other, and what stands below them at the end?
import { spawn } from 'node:child_process';
import { sentenceIn, unavailableCode } from './unavailable.ts';

export interface Stage {
  /** of the npm script */
  readonly name: string;
  readonly what: string;
}

export interface StageResult {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: 'passed' | 'FAILED' | 'left out';
  /** Why it was left out. */
  readonly why?: string | undefined;
}

/** @param told  what the stage wrote to stderr */
export function judgeEnd(code: number | null, told: string): Pick<StageResult, 'outcome' | 'why'> {
  if (code === 0) return { outcome: 'passed' };
  // The code alone might be that of a program that the stage ran.
  const why = code === unavailableCode ? sentenceIn(told) : undefined;
  return why === undefined ? { outcome: 'FAILED' } : { outcome: 'left out', why };
}

/** @returns the lines of the table, one for each stage that was begun. */
export function tableOf(results: readonly StageResult[]): readonly string[] {
  const width = Math.max(10, ...results.map(({ name }) => name.length));
  return results.map(({ name, seconds, outcome, why }) => `  ${outcome.padEnd(8)}  ${name.padEnd(width)} ${seconds.toFixed(1).padStart(7)} s${why === undefined ? '' : `  ${why}`}`);
}

/** Runs an npm script as if it had been typed here, and waits for its end when we are to end: the terminal's Ctrl-C reaches it as well, SIGTERM is passed on. */
export async function runStage({ name, what }: Stage): Promise<StageResult> {
  console.log(`\n== ${name}: ${what}`);
  const since = performance.now();
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['inherit', 'inherit', 'pipe'] });
  const wait = (): void => {};
  const pass = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', pass);
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-100_000);
    process.stderr.write(text);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    // A process that it left behind may hold its stderr open for ever.
    child.once('error', reject).once('close', resolve).once('exit', (exit) => void setTimeout(resolve, 5_000, exit).unref());
  });
  child.stderr.destroy();
  process.off('SIGINT', wait).off('SIGTERM', pass);
  return { name, seconds: (performance.now() - since) / 1_000, ...judgeEnd(code, told) };
}
