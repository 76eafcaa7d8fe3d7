// Is there time for one more lane?

export interface TimeLeft {
  readonly limitSeconds: number;
  readonly spentSeconds: number;
  /** For programs that are not built yet. */
  readonly buildSeconds: number;
  readonly runSeconds: number;
  /** How many times as long as told things take on this machine; 1 unless told. */
  readonly slowness?: number;
}

/** @returns why a lane is left out, undefined where there is time for it. */
export function judgeTime({ limitSeconds, spentSeconds, slowness = 1, ...told }: TimeLeft): string | undefined {
  const [buildSeconds, runSeconds] = [told.buildSeconds * slowness, told.runSeconds * slowness];
  if (spentSeconds + buildSeconds + runSeconds <= limitSeconds) return undefined;
  const minutes = (seconds: number): number => Math.ceil(seconds / 60);
  const building = buildSeconds === 0 ? '' : `${minutes(buildSeconds)} minutes to build and `;
  return `It takes ${building}${minutes(runSeconds)} minutes, and ${Math.max(0, Math.floor((limitSeconds - spentSeconds) / 60))} of ${minutes(limitSeconds)} are left.`;
}
