// One call of an STS operation on its way.
import type { AccessKey, Caller } from '../access/credentials.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../state/store.ts';
import type { KeyFinder } from './oidc-provider.ts';

export interface StsCall {
  /** Absent for AssumeRoleWithWebIdentity, which is not signed. */
  readonly caller: Caller | undefined;
  readonly store: Store;
  readonly settings: Settings;
  /** The machine's time, in milliseconds: tokens and sessions know no other. */
  readonly nowMs: number;
  readonly findJsonWebKey: KeyFinder;
  /** What the journal is to know. */
  readonly notes: { subject?: string; caller?: AccessKey };
}
