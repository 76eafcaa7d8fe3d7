// What is worth a condition beside Ready? Asked at each check of an issuer whose spec is sound, be it Ready or not.
import type { AuthorityFacts } from '../domain/authority.ts';
import { caRequestsWarning, isOpenToCARequests } from '../domain/ca-requests-warning.ts';
import type { Failure } from '../domain/failure.ts';
import type { IssuerConfig } from '../domain/issuer-config.ts';
import { expiresSoon, recheckFails, requestsWaiting, type IssuerWarning } from '../domain/issuer-warnings.ts';
import type { IssuerKey } from '../domain/issuer.ts';
import type { Clock } from '../runtime/clock.ts';
import { makeCountAskers } from './count-askers.ts';
import type { IssuerLedger } from './issuer-ledger.ts';
import type { Namespaces } from './ports.ts';

export interface Sight {
  readonly key: IssuerKey;
  readonly config: IssuerConfig;
  /** Of the CA; undefined where the issuer is not Ready. */
  readonly facts: AuthorityFacts | undefined;
  /** Why a Ready issuer could not be checked again; undefined where it was, or is not Ready. */
  readonly uncheckedBecause: Failure | undefined;
}

/** @returns all warnings that hold now. It never fails: what cannot be found out is left out. */
export type WarnOfIssuer = (sight: Sight, signal: AbortSignal) => Promise<readonly IssuerWarning[]>;

export interface WarnPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly ledger: Pick<IssuerLedger, 'complaintsOf' | 'longestMs'>;
  /** For requests that name no duration (flag --default-duration). */
  readonly defaultDurationMs: number;
  readonly namespaces: Namespaces;
  /** The namespaces that this controller serves at all (flag --watch-namespaces); empty for every one. */
  readonly watchedNamespaces: readonly string[];
}

export function makeWarnOfIssuer({ clock, ledger, defaultDurationMs, namespaces, watchedNamespaces }: WarnPorts): WarnOfIssuer {
  const countAskers = makeCountAskers(namespaces, watchedNamespaces);

  return async (sight, signal) => {
    const { key, facts, uncheckedBecause } = sight;
    const longestMs = Math.max(defaultDurationMs, ledger.longestMs(key) ?? 0);
    const found = [
      await ofCARequests(sight, signal),
      requestsWaiting(ledger.complaintsOf(key)),
      uncheckedBecause && recheckFails(uncheckedBecause),
      facts && expiresSoon(facts, longestMs, new Date(clock.now())),
    ];
    return found.filter((each) => each !== undefined);
  };

  async function ofCARequests({ key, config }: Sight, signal: AbortSignal): Promise<IssuerWarning | undefined> {
    if (!isOpenToCARequests(key, config)) return undefined;
    return caRequestsWarning(key, await countAskers(config.requestPolicy, signal));
  }
}
