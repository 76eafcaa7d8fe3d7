// Reading 3 MB of program leaves garbage behind that V8 keeps for as long as it needs no room: memory that other pods could use.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/** Once, when everything has been read and nothing has begun: it stops the process for some 50 ms. */
export function collectStartupGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect | undefined;
  collect?.({ type: 'major', flavor: 'last-resort' });
  setFlagsFromString('--no-expose-gc');
}
