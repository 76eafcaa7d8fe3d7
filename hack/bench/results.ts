// What all rounds together say: the median of each number, and every latency.
import { controllerNames, type ControllerName } from './controllers.ts';
import type { Measurement, MemoryMeasurement } from './measurement.ts';
import { median, quantile } from './statistics.ts';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly go: string;
}

/** Everything that a report is written from. */
export interface Results {
  /** ISO, to the second. */
  readonly startedAt: string;
  readonly minutes: number;
  readonly command: string;
  readonly rounds: number;
  /** Why it ended before everything was measured. */
  readonly brokenOff?: string | undefined;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
  readonly memory: readonly MemoryMeasurement[];
}

/** One number of a run. */
export type Reading = (measurement: Measurement) => number | undefined;

/** @returns the median over the rounds; undefined where it was not measured. */
export function ofWork({ measurements }: Pick<Results, 'measurements'>, item: string, controller: ControllerName, read: Reading): number | undefined {
  return median(measurements.filter((each) => each.item === item && each.controller === controller).flatMap((each) => read(each) ?? []));
}

export function ofMemory({ memory }: Pick<Results, 'memory'>, controller: ControllerName, read: (measurement: MemoryMeasurement) => number): number | undefined {
  return median(memory.filter((each) => each.controller === controller).map(read));
}

/** Every latency of every round. */
export function latenciesOf({ measurements }: Pick<Results, 'measurements'>, item: string, controller: ControllerName): { readonly seconds: readonly number[]; readonly requests: number } {
  const chosen = measurements.filter((each) => each.item === item && each.controller === controller);
  return { seconds: chosen.flatMap(({ latencySeconds }) => latencySeconds), requests: chosen.reduce((sum, { requests }) => sum + requests, 0) };
}

export const latencyAt = (share: number): Reading => ({ latencySeconds }) => quantile(latencySeconds, share);
export const ratePerSecond: Reading = ({ issued, makespanSeconds }) => issued / makespanSeconds;
export const cpuMsPerRequest: Reading = ({ cpuSeconds, requests }) => (cpuSeconds * 1_000) / requests;
export const callsPerRequest = (operation: string): Reading => ({ awsCalls, requests }) => (awsCalls[operation] ?? 0) / requests;
export const writesPerRequest = (what?: string): Reading => ({ writes, requests }) =>
  Object.entries(writes).reduce((sum, [name, count]) => (what === undefined || name === what ? sum + count : sum), 0) / requests;

/** All names that stand in a record of any run, sorted. */
export function namesIn(measurements: readonly Measurement[], of: (measurement: Measurement) => Readonly<Record<string, number>>): readonly string[] {
  return [...new Set(measurements.flatMap((each) => Object.keys(of(each))))].toSorted();
}

/** The controllers that were measured, ours first. */
export function measuredControllers({ measurements, memory }: Pick<Results, 'measurements' | 'memory'>): readonly ControllerName[] {
  return controllerNames.filter((name) => [...measurements, ...memory].some(({ controller }) => controller === name));
}
