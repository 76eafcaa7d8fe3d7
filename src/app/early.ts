// Evaluated before everything that main.ts imports after it, and that takes longer: the probes' port is open from here on.
import { openEarlyProbes } from './early-probes.ts';

export const early = openEarlyProbes(process.argv.slice(2), process.env);
