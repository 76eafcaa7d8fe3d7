// What goes wrong when? A plan of troubles, drawn from a seed before the soak begins, so that it can be had again.
import type { FaultOrder } from '../pca-emulator/src/faults/fault-kinds.ts';
import { makeRandom, type Random } from '../fuzz/random.ts';

export interface Episode {
  readonly atSeconds: number;
  /** 0 for what happens at an instant. */
  readonly lastsSeconds: number;
  /** For people. */
  readonly what: string;
  readonly act:
    | { readonly kind: 'fault'; readonly orders: readonly FaultOrder[]; /** Which of the CAs; undefined: all of them. */ readonly authority?: number }
    /** So many calls a second are all that AWS leaves for us, because others use up the rest. */
    | { readonly kind: 'squeeze'; readonly quotas: Readonly<Record<string, number>> }
    | { readonly kind: 'rotate-secret' }
    | { readonly kind: 'edit-issuer'; readonly issuer: number };
}

export interface EpisodeBounds {
  readonly seconds: number;
  readonly authorities: number;
  readonly issuers: number;
}

/** What strikes single calls from the first minute to the last. No throttling: AWS throttles whoever is above a quota, not by chance. */
export function steadyFaults(seed: number): readonly FaultOrder[] {
  const of = (operation: string, chances: Readonly<Partial<Record<FaultOrder['kind'], number>>>): FaultOrder[] =>
    Object.entries(chances).map(([kind, probability]) => ({ operation, kind: kind as FaultOrder['kind'], probability, delayMs: 2_000 }));
  return [
    ...of('IssueCertificate', { 'error-500': 0.01, lost: 0.01, reset: 0.01, 'truncated-json': 0.005, slow: 0.02 }),
    ...of('GetCertificate', { 'error-503': 0.01, reset: 0.01, html: 0.005, hang: 0.002, slow: 0.02 }),
    ...of('DescribeCertificateAuthority', { 'error-500': 0.05 }),
    ...of('AssumeRoleWithWebIdentity', { 'error-503': 0.1 }),
  ].map((order, index) => ({ ...order, seed: seed * 1_000 + index }));
}

const kinds: readonly { readonly what: string; readonly ofOne: boolean; readonly orders: (chance: Random) => readonly FaultOrder[] }[] = [
  { what: 'AccessDenied for IssueCertificate', ofOne: true, orders: () => [{ operation: 'IssueCertificate', kind: 'access-denied' }] },
  { what: 'errors 500 and 503', ofOne: false, orders: () => [{ operation: '*', kind: 'error-500', probability: 0.4 }, { operation: '*', kind: 'error-503', probability: 0.4 }] },
  { what: 'lost answers', ofOne: true, orders: () => [{ operation: 'IssueCertificate', kind: 'lost', probability: 0.5 }] },
  { what: 'connections that are reset', ofOne: false, orders: () => [{ operation: '*', kind: 'reset', probability: 0.6 }] },
  { what: 'an endpoint that hangs', ofOne: true, orders: () => [{ operation: '*', kind: 'hang', probability: 0.5 }] },
  { what: 'slow answers', ofOne: false, orders: (chance) => [{ operation: '*', kind: 'slow', delayMs: 1_000 + chance.below(6_000) }] },
];

/** Every 15 to 45 seconds something of 5 to 20 seconds; in between a Secret is rotated or an issuer is edited. All is over before the load ends. */
export function planEpisodes(seed: number, { seconds, authorities, issuers }: EpisodeBounds): readonly Episode[] {
  const chance = makeRandom(seed, 0);
  const plan: Episode[] = [];
  for (let atSeconds = 10 + chance.below(10); ; atSeconds += 15 + chance.below(31)) {
    const lastsSeconds = 5 + chance.below(16);
    if (atSeconds + lastsSeconds > seconds - 5) return plan;
    const draw = chance.below(10);
    if (draw === 2) {
      plan.push({ atSeconds, lastsSeconds, what: 'most of the quota is used up by others', act: { kind: 'squeeze', quotas: { IssueCertificate: 3, GetCertificate: 5 } } });
    } else if (draw === 0) {
      plan.push({ atSeconds, lastsSeconds: 0, what: 'the keys in the Secret are rotated', act: { kind: 'rotate-secret' } });
    } else if (draw === 1) {
      plan.push({ atSeconds, lastsSeconds: 0, what: 'an issuer is edited', act: { kind: 'edit-issuer', issuer: chance.below(issuers) } });
    } else {
      const { what, ofOne, orders } = chance.pick(kinds);
      const made = orders(chance).map((order) => ({ ...order, seed: chance.below(1_000_000_000), forMs: lastsSeconds * 1_000 }));
      plan.push({ atSeconds, lastsSeconds, what, act: { kind: 'fault', orders: made, ...(ofOne ? { authority: chance.below(authorities) } : {}) } });
    }
  }
}
