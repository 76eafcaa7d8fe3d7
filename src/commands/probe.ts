// `pca-issuer probe URL`: does it answer? What `helm test` runs, since the image holds no other client.
import { setTimeout as pause } from 'node:timers/promises';

const help = `Asks a URL until it answers 200, for a minute at most.

Usage: pca-issuer probe URL [--until=TEXT]

  --until=TEXT   and until the answer holds a line with this text; each time over a connection of its own, so that behind a
                 Service every replica has its turn`;

export interface Patience {
  readonly timeoutMs: number;
  readonly pauseMs: number;
}

const patience: Patience = { timeoutMs: 60_000, pauseMs: 500 };

/**
 * @param deadline when it gives up.
 * @returns the exit code: 0 it answered, 1 it did not, 2 called wrongly.
 */
export async function runProbe(args: readonly string[], { timeoutMs, pauseMs }: Patience = patience, deadline = AbortSignal.timeout(timeoutMs)): Promise<number> {
  const [url, until = '', ...rest] = args.map((arg) => arg.replace(/^--until=/, ''));
  if (url === undefined || url === '--help') {
    console.log(help);
    return url === undefined ? 2 : 0;
  }
  if (!URL.canParse(url) || rest.length > 0 || (args[1]?.startsWith('--until=') === false)) {
    console.error(help);
    return 2;
  }
  let fault = '';
  while (!deadline.aborted) {
    const found = await ask(url, until, deadline);
    if (found === undefined) {
      console.log(`${url} answers${until === '' ? '' : ` with ${until}`}`);
      return 0;
    }
    fault = deadline.aborted && fault !== '' ? fault : found;
    await pause(pauseMs, undefined, { signal: deadline }).catch(() => undefined);
  }
  console.error(`${url}: ${fault}; given up after ${timeoutMs / 1000} s`);
  return 1;
}

/** @returns what is wrong; undefined where nothing is. */
async function ask(url: string, until: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { headers: { connection: 'close' }, signal });
    const text = await answer.text();
    if (answer.status !== 200) return `it answers ${answer.status}`;
    return text.includes(until) ? undefined : `the answer lacks ${until}`;
  } catch (error) {
    return error instanceof Error ? [error.message, error.cause instanceof Error ? error.cause.message : ''].filter((part) => part !== '').join(': ') : String(error);
  }
}
