// How does a lane say that it cannot run on this machine, so that nobody takes that for a failure? In one sentence, and by an exit code of its own.

/** EX_UNAVAILABLE of sysexits(3): nothing else here exits with it. */
export const unavailableCode = 69;

/** The machine lacks something, and nothing is wrong with the product. The message is one sentence that says what. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

const mark = 'unavailable: ';

/** Tells people why a lane did not get to its end. @returns its exit code. */
export function tellEnd(error: unknown): number {
  if (!(error instanceof Unavailable)) {
    console.error(error);
    return 1;
  }
  console.error(`${mark}${error.message.replaceAll(/\s*\n\s*/g, ' ')}`);
  return unavailableCode;
}

/** @returns what a lane told so, undefined where it did not. */
export function sentenceIn(told: string): string | undefined {
  return told.split('\n').findLast((line) => line.startsWith(mark))?.slice(mark.length);
}
