// What does a subcommand that people run want of a cluster? One GET after the other; its rooms know no more of the API server.
import type { Result } from './failure.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** One GET. `absent` is a value: what is not there, and a kind that is not installed, has no objects. */
export type Ask = (path: string, query?: Query) => Promise<Result<unknown> | 'absent'>;
