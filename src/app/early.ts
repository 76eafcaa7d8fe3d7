// Evaluated before everything that main.ts imports after it, and that takes longer: from here on the probes' port is open, and a
// SIGTERM counts. The first process of a container ignores one that it does not listen for, and a kubelet sends one only.
import { startEarly } from './early-probes.ts';

export const early = startEarly(process.argv.slice(2), process.env);
