// For tests: how much memory is really in use, once all garbage is gone?
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** @returns bytes; several rounds, because finalizers of one round make garbage for the next. */
export async function liveHeap(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}
