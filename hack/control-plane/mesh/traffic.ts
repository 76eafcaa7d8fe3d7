// Does the mesh hold together while something changes? Every workload talks with every other one, all the time.
import { setTimeout as delay } from 'node:timers/promises';
import { shakeHands } from './handshake.ts';
import { repeat } from '../repeat.ts';
import type { Sidecar } from './sidecar.ts';

export interface Failure {
  readonly at: Date;
  /** `a/checkout -> b/checkout`, the client first */
  readonly who: string;
  readonly why: string;
}

/** Left open by a test that fails it would go on for ever: `await using` ends it. */
export interface Traffic extends AsyncDisposable {
  /** Resolves once every pair has shaken hands that began after this call. */
  round(): Promise<void>;
  /** @returns what has happened from the beginning. */
  stop(): Promise<{ readonly handshakes: number; readonly failures: readonly Failure[] }>;
}

/** Shakes hands between all pairs, in both directions, one after the other, until it is stopped. */
export function keepTalking(sidecars: readonly Sidecar[], pauseMs = 20): Traffic {
  const pairs = sidecars.flatMap((client) => sidecars.filter((server) => server !== client).map((server) => ({ client, server })));
  const failures: Failure[] = [];
  let handshakes = 0;
  const talk = repeat(async () => {
    for (const { client, server } of pairs) {
      const why = await shakeHands(server.credentials, client.credentials);
      handshakes += 1;
      if (why !== undefined) failures.push({ at: new Date(), who: `${client.name} -> ${server.name}`, why });
      await delay(pauseMs); // traffic, at a pace that leaves the machine to others
    }
  });
  return {
    round: () => talk.round(),
    stop: async () => {
      await talk.round();
      await talk.stop();
      return { handshakes, failures };
    },
    [Symbol.asyncDispose]: () => talk.stop(),
  };
}
