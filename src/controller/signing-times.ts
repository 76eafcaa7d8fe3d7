// How long does a CA take to sign? The first look at a certificate comes when it is probably there, so that one look is enough.

export interface SigningTimes {
  /** When to look first, in milliseconds after the order. */
  expected(authorityArn: string): number;
  /** AWS was still signing at the first look. @param afterMs from the order to that look. */
  tooSoon(authorityArn: string, afterMs: number): void;
  /** The certificate was there at the first look, which tells only that it took no longer. @param afterMs from the order to that look. */
  inTime(authorityArn: string, afterMs: number): void;
}

const firstGuessMs = 250;
const shortestMs = 50;
const longestMs = 10_000;
/** A look that comes too soon costs another call; one that comes too late costs time. Both are tried a little at every certificate. */
const later = 1.15;
const sooner = 0.97;

/**
 * What is learnt is only where the signing time lies: before a look that had the certificate, after one that had not. How
 * late a look was is no evidence, or a queue would be taken for slow signing and make itself longer.
 */
export function makeSigningTimes(): SigningTimes {
  const guesses = new Map<string, number>();
  const guess = (arn: string): number => guesses.get(arn) ?? firstGuessMs;
  const learn = (arn: string, ms: number): void => void guesses.set(arn, Math.min(longestMs, Math.max(shortestMs, ms)));
  return {
    expected: guess,
    // A guess that was lower yet tells nothing new; one step a certificate, so that a single slow one moves little.
    tooSoon: (arn, afterMs) => learn(arn, afterMs < guess(arn) * sooner ? guess(arn) : guess(arn) * later),
    // Many that were looked at by the same guess are one step together.
    inTime: (arn, afterMs) => learn(arn, Math.min(guess(arn), afterMs * sooner)),
  };
}
