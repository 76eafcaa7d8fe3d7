// What does a real Prometheus make of our metrics pages? Asks programs/promql: Prometheus's own parser, TSDB and engine.
import { askProgram } from './ask-program.ts';

export interface ScrapedPage {
  readonly atMs: number;
  /** Those of the target, such as job and instance. */
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface PromqlQuestion {
  readonly pages: readonly ScrapedPage[];
  readonly queries: readonly { readonly expression: string; readonly atMs: number }[];
  /** A rules file; empty for none. */
  readonly rules?: string;
}

export interface PromqlAnswer {
  /** Why the query has no answer. */
  readonly error?: string;
  /** Values as Prometheus writes them: `1`, `NaN`, `+Inf`. */
  readonly series: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}

export interface PromqlAnswers {
  /** What Prometheus holds against the rules file; empty: it loads it. */
  readonly ruleErrors: readonly string[];
  /** In the order of the queries. */
  readonly queries: readonly PromqlAnswer[];
}

/** @throws Error with what the program said when a page cannot be read. */
export async function askPrometheus(question: PromqlQuestion): Promise<PromqlAnswers> {
  return (await askProgram('promql', question)) as PromqlAnswers;
}
