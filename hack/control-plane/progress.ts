// How does a long step tell people that it lives? A line per step, ticking on a terminal.

export interface Step {
  /** Closes the step's line, `outcome` after the name: `cached`, `built in 84 s`. */
  end(outcome: string): void;
}

export interface Progress {
  /** Writes a sentence on a line of its own. */
  say(sentence: string): void;
  /** Opens a line that shows elapsed seconds until it is ended. */
  begin(name: string): Step;
}

export const silent: Progress = { say: () => {}, begin: () => ({ end: () => {} }) };

/** Does one step with its line, which says in the end how long it took, after such words as `ready in`. @throws what the step throws */
export async function timed<T>(progress: Progress, name: string, work: () => Promise<T>, words = ''): Promise<T> {
  const step = progress.begin(name);
  const since = performance.now();
  try {
    const result = await work();
    step.end(`${words}${words === '' ? '' : ' '}${((performance.now() - since) / 1_000).toFixed(1)} s`);
    return result;
  } catch (error) {
    step.end('failed');
    throw error;
  }
}

interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** How often a log file, which cannot tick, hears of a step that still runs. */
const reminderMs = 60_000;
const nameWidth = 26;

/**
 * Reports to a terminal or a log. Steps may overlap: a terminal keeps the open ones on one ticking line at the
 * bottom; a log gets a line at each end, and every minute one for what still runs.
 */
export function terminalProgress(out: Terminal = process.stderr): Progress {
  const open = new Map<symbol, { readonly name: string; readonly since: number }>();
  let timer: NodeJS.Timeout | undefined;
  const seconds = (since: number) => Math.floor((Date.now() - since) / 1000);
  const clear = () => {
    if (out.isTTY === true) out.write('\r\u001B[K');
  };
  const tick = () => {
    const running = [...open.values()].map(({ name, since }) => `${name} ${seconds(since)} s`);
    if (out.isTTY !== true) {
      out.write(`  … ${running.join(', ')}\n`);
      return;
    }
    clear();
    if (running.length > 0) out.write(`  … ${running.join(', ')}`.slice(0, (out.columns ?? 80) - 1));
  };
  const line = (text: string) => {
    clear();
    out.write(`${text}\n`);
    if (out.isTTY === true) tick();
  };

  return {
    say: line,
    begin(name) {
      const id = Symbol(name);
      open.set(id, { name, since: Date.now() });
      timer ??= setInterval(tick, out.isTTY === true ? 500 : reminderMs).unref();
      if (out.isTTY === true) tick();
      return {
        end(outcome) {
          if (!open.delete(id)) return;
          line(`  ${name.padEnd(nameWidth)} ${outcome}`);
          if (open.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    },
  };
}
