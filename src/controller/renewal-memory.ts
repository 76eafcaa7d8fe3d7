// Which Certificates were given certificates lately? As many as fit; the one unused for longest is forgotten first.
import { withOrder, type Renewals } from '../domain/renewal-loop.ts';

const dayMs = 24 * 60 * 60_000;
/** About 1 MB when full; a Certificate in a loop is never the one unused for longest. */
const certificatesAtMost = 4_096;

/** What brings a Certificate back to where it was before an order. */
export type Undo = () => void;

export interface RenewalMemory {
  of(certificate: string): Renewals | undefined;
  /** @returns how to take it back, if the order makes no certificate. */
  add(certificate: string, nowMs: number, durationMs: number): Undo;
  /** Forgets what is older than a day. */
  sweep(nowMs: number): void;
  readonly size: number;
}

export function makeRenewalMemory(): RenewalMemory {
  const certificates = new Map<string, Renewals>();

  const put = (certificate: string, renewals: Renewals): void => {
    certificates.delete(certificate);
    certificates.set(certificate, renewals);
    if (certificates.size <= certificatesAtMost) return;
    for (const oldest of certificates.keys()) return void certificates.delete(oldest);
  };

  return {
    of: (certificate) => certificates.get(certificate),
    add(certificate, nowMs, durationMs) {
      const before = certificates.get(certificate);
      const after = withOrder(before, nowMs, durationMs);
      put(certificate, after);
      return () => {
        const now = certificates.get(certificate);
        if (now === undefined) return;
        if (now === after && before === undefined) certificates.delete(certificate);
        else if (now === after && before !== undefined) certificates.set(certificate, before);
        // Another order came in between: only this one's haste is taken back.
        else certificates.set(certificate, { ...now, hastyMs: now.hastyMs.filter((each) => each !== nowMs) });
      };
    },
    sweep(nowMs) {
      for (const [certificate, { lastMs }] of certificates) if (nowMs - lastMs >= dayMs) certificates.delete(certificate);
    },
    get size() {
      return certificates.size;
    },
  };
}
