// Does the mesh hold together while something changes? Every workload talks with every other one, all the time.
import { setTimeout as delay } from 'node:timers/promises';
import { shakeHands } from './handshake.ts';
import type { Sidecar } from './sidecar.ts';

export interface Failure {
  readonly at: Date;
  /** `a/checkout -> b/checkout`, the client first */
  readonly who: string;
  readonly why: string;
}

export interface Traffic {
  /** Resolves once every pair has shaken hands that began after this call. */
  round(): Promise<void>;
  /** @returns what has happened from the beginning. */
  stop(): Promise<{ readonly handshakes: number; readonly failures: readonly Failure[] }>;
}

/** Shakes hands between all pairs, in both directions, one after the other, until it is stopped. */
export function keepTalking(sidecars: readonly Sidecar[], pauseMs = 20): Traffic {
  const pairs = sidecars.flatMap((client) => sidecars.filter((server) => server !== client).map((server) => ({ client, server })));
  const failures: Failure[] = [];
  const state = { handshakes: 0, rounds: 0, isOver: false };
  let next = Promise.withResolvers<void>();
  const talking = (async () => {
    while (!state.isOver) {
      for (const { client, server } of pairs) {
        const why = await shakeHands(server.credentials, client.credentials);
        state.handshakes += 1;
        if (why !== undefined) failures.push({ at: new Date(), who: `${client.name} -> ${server.name}`, why });
        await delay(pauseMs); // traffic, at a pace that leaves the machine to others
      }
      state.rounds += 1;
      next.resolve();
      next = Promise.withResolvers();
    }
  })();
  const round = async () => {
    const enough = state.rounds + 2; // the one under way began before
    while (state.rounds < enough && !state.isOver) await next.promise;
  };
  return {
    round,
    stop: async () => {
      await round();
      state.isOver = true;
      await talking;
      return { handshakes: state.handshakes, failures };
    },
  };
}
