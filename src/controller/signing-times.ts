// How long does a CA take to sign? The first look at a certificate comes when it is probably there.

export interface SigningTimes {
  /** @param ms from the order to the answer that had the certificate. */
  learn(authorityArn: string, ms: number): void;
  /** When to look first after an order, in milliseconds. */
  expected(authorityArn: string): number;
}

const firstGuessMs = 250;
const longestMs = 10_000;
/** Certificates are there when they are looked for; a little earlier each time finds out whether they could be had sooner. */
const eagerness = 0.95;
const weight = 0.3;

export function makeSigningTimes(): SigningTimes {
  const averages = new Map<string, number>();
  return {
    learn(authorityArn, ms) {
      const before = averages.get(authorityArn) ?? ms;
      averages.set(authorityArn, before + weight * (Math.min(ms, longestMs) - before));
    },
    expected: (authorityArn) => (averages.get(authorityArn) ?? firstGuessMs) * eagerness,
  };
}
