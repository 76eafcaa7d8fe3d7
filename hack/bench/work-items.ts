// Which work is measured? The rows of the report, and when each counts as not done.
import type { FaultOrder } from '../pca-emulator/src/faults/fault-kinds.ts';

export interface WorkItem {
  readonly name: string;
  /** As a heading of the report. */
  readonly title: string;
  readonly requests: number;
  /** Requests a second, whatever has become of those before; undefined: all at once. */
  readonly perSecond?: number;
  readonly fault?: Pick<FaultOrder, 'operation' | 'kind' | 'times'>;
  /** What has not ended that long after the last approval is pending. */
  readonly patienceSeconds: number;
}

const fault = (name: string, title: string, kind: FaultOrder['kind'], times: number): WorkItem => ({
  name, title, requests: 30, fault: { operation: 'IssueCertificate', kind, times }, patienceSeconds: 120,
});

/** What can be asked for by name, in the order of the run; `memory` comes last, since it fills the cluster. */
export const workNames = ['100', '500', 'steady', 'faults', 'memory'] as const;
export type WorkName = (typeof workNames)[number];

export const workItems: Readonly<Record<Exclude<WorkName, 'memory'>, readonly WorkItem[]>> = {
  100: [{ name: '100', title: '100 requests at once', requests: 100, patienceSeconds: 120 }],
  500: [{ name: '500', title: '500 requests at once', requests: 500, patienceSeconds: 400 }],
  steady: [{ name: 'steady', title: '2 requests per second for 50 s', requests: 100, perSecond: 2, patienceSeconds: 60 }],
  faults: [
    fault('throttle', '20 throttled IssueCertificate calls', 'throttle', 20),
    fault('access-denied', '10 AccessDenied, then allowed', 'access-denied', 10),
    fault('lost', '6 lost replies of IssueCertificate', 'lost', 6),
  ],
};
