// Which words may stand as the reason of an Event? docs/troubleshooting.md has an entry for each.
import type { WarningReason } from './issuer-warnings.ts';
import type { FailReason, WaitReason } from './outcome.ts';
import type { IssuerReason } from './readiness.ts';

/** Those that are no condition's reason for a wait or a failure. */
export const plainEventReasons = ['Issued', 'Difference', 'Pending', 'RequestWaits'] as const;

export type EventReason = (typeof plainEventReasons)[number] | WaitReason | FailReason | IssuerReason | WarningReason;
