// What is known of one run of one work item by one controller.
import type { ControllerName } from './controllers.ts';
import type { Writes } from './kubernetes-writes.ts';

export interface Measurement {
  readonly item: string;
  readonly controller: ControllerName;
  readonly requests: number;
  readonly issued: number;
  readonly failed: number;
  /** Neither Issued nor Failed when the time was up. */
  readonly pending: number;
  /** Certificates that AWS made beyond one for each CSR. */
  readonly duplicates: number;
  /** The message of the first that Failed. */
  readonly complaint?: string | undefined;
  /** From the first approval to the last Issued. */
  readonly makespanSeconds: number;
  /** From Approved to Issued as a watch shows them, of those that were issued; ascending. */
  readonly latencySeconds: readonly number[];
  /** Calls to AWS by operation, those to STS left out. */
  readonly awsCalls: Readonly<Record<string, number>>;
  /** Calls that AWS throttled for its quota. */
  readonly throttled: number;
  readonly writes: Writes;
  readonly cpuSeconds: number;
  readonly rssBytes: { readonly before: number; readonly after: number; readonly peak: number };
  readonly start: StartMeasurement;
}

export interface StartMeasurement {
  /** From the start of the process to its own "ready". */
  readonly readySeconds: number;
  /** From the start of the process until a request that had been waiting for it was Issued. */
  readonly firstIssuedSeconds: number;
}

export interface MemoryMeasurement {
  readonly controller: ControllerName;
  readonly idleRssBytes: number;
  readonly loadedRssBytes: number;
  readonly loadedPeakRssBytes: number;
  readonly loadedStart: StartMeasurement;
}
