// Which piece of an input is enough for the same finding?

/**
 * Cuts pieces out, from halves down to single bytes, as long as the rest still shows the finding.
 * @param shows    whether an input shows the finding
 * @param untilMs  epoch; then the smallest so far is the answer
 */
export function shrink(input: Buffer, shows: (candidate: Buffer) => boolean, untilMs: number): Buffer {
  let smallest = input;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length && Date.now() < untilMs; ) {
      const candidate = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (candidate.length < smallest.length && shows(candidate)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}
