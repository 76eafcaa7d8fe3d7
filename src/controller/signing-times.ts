// How long does a CA take to sign? The first look at a certificate comes when it is probably there, so that one look is enough.

/** One look at a certificate. */
export interface Look {
  /** Milliseconds from the order to the look. */
  readonly afterMs: number;
  /** 1: the first one, which came when it was expected. */
  readonly number: number;
}

export interface SigningTimes {
  /** When to look first, in milliseconds after the order. */
  expected(authorityArn: string): number;
  /** How much longer to wait for a look that was due earlier: others have seen meanwhile that it would come too soon. Milliseconds, 0: look. */
  laterMs(authorityArn: string, afterMs: number): number;
  /** AWS was still signing. */
  tooSoon(authorityArn: string, look: Look): void;
  /** The certificate was there, which tells only that it took no longer. */
  inTime(authorityArn: string, look: Look): void;
}

const firstGuessMs = 250;
/** What the first certificates of a CA may teach the others: a CA that starts slowly would otherwise be taken for a slow one for long. */
const firstLessonMs = 2_000;
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
  /** CAs that have signed something since the start. */
  const known = new Set<string>();
  const guess = (arn: string): number => guesses.get(arn) ?? firstGuessMs;
  const learn = (arn: string, ms: number): void => void guesses.set(arn, Math.min(longestMs, Math.max(shortestMs, ms)));
  /** A guess that was lower yet tells nothing new: many that were looked at by the same one are one step together. */
  const isStale = (arn: string, afterMs: number): boolean => afterMs < guess(arn) * sooner;
  return {
    expected: guess,
    laterMs: (arn, afterMs) => (!known.has(arn) && isStale(arn, afterMs) ? guess(arn) - afterMs : 0),
    tooSoon(arn, { afterMs, number }) {
      // Of a CA that nothing is known of, every look tells; of others the first, so that a single slow certificate moves little.
      if (!known.has(arn)) learn(arn, Math.max(guess(arn), Math.min(firstLessonMs, afterMs * later)));
      else if (number === 1 && !isStale(arn, afterMs)) learn(arn, guess(arn) * later);
    },
    inTime(arn, { afterMs, number }) {
      if (number === 1 || !known.has(arn)) learn(arn, Math.min(guess(arn), afterMs * sooner));
      known.add(arn);
    },
  };
}
