// Metrics for tests that do not look at them.
import type { Metrics } from './ports.ts';

export const silentMetrics: Metrics = { count() {}, observe() {}, set() {}, drop() {}, sample() {} };
