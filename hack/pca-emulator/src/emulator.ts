// The emulator's parts, as the endpoints use them.
import type { VirtualClock } from './clock.ts';
import type { FaultQueue } from './faults/fault-queue.ts';
import type { Journal } from './journal/journal.ts';
import type { RequestQuotas } from './quotas/request-quotas.ts';
import type { Store } from './state/store.ts';
import type { KeyFinder } from './sts/oidc-provider.ts';

export interface Emulator {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly faults: FaultQueue;
  readonly quotas: RequestQuotas;
  readonly journal: Journal;
  /** The folder that audit reports are written to. */
  readonly reports: string | undefined;
  readonly findJsonWebKey: KeyFinder;
  /** Aborted when the emulator ends: nothing may outlive it. */
  readonly ending: AbortSignal;
}

export const notAws =
  'This is pca-emulator, not AWS. Its private keys lie unprotected in memory and in its state file: never trust its roots outside tests.';
