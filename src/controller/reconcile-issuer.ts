// One look at one issuer: is its spec sound, do its credentials work, and what does AWS say of its CA?
import { readinessOf, type Trouble } from '../domain/readiness.ts';
import type { Failure } from '../domain/failure.ts';
import { alreadyWarns, newWarnings } from '../domain/issuer-warnings.ts';
import { judgeIssuer, type IssuerConfig, type IssuerJudgement, type IssuerRules } from '../domain/issuer-config.ts';
import { describeIssuer, type Issuer, type IssuerKey, type IssuerStatus } from '../domain/issuer.ts';
import { staleSchema } from '../domain/stale-schema.ts';
import { readAnchors } from '../pki/chain.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { IssuerDirectory, Standing } from './issuer-directory.ts';
import { learnAuthority } from './learn-authority.ts';
import type { Parking } from './parking.ts';
import type { Access, Authority, Events, Issuers, ServedSchema, TurnTaker } from './ports.ts';
import type { WarnOfIssuer } from './warn-of-issuer.ts';

export interface ReconcileIssuerPorts {
  readonly issuers: Issuers;
  readonly served: ServedSchema;
  readonly authority: Authority;
  readonly events: Events;
  readonly directory: IssuerDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rules: IssuerRules;
  readonly parking: Pick<Parking, 'release'>;
  readonly turns: TurnTaker;
  readonly warnOf: WarnOfIssuer;
  /** Has the issuer checked now. */
  readonly wake: (key: IssuerKey) => void;
}

/** What there is to say, but for the warnings. */
type Finding = WithoutWarnings<Exclude<Standing, { kind: 'unchecked' }>>;
type WithoutWarnings<T> = T extends unknown ? Omit<T, 'warnings'> : never;

interface Checked {
  readonly finding: Finding;
  /** undefined where the spec is not sound. */
  readonly config?: IssuerConfig;
  /** AWS could not be asked, and what was known before still counts. */
  readonly uncheckedBecause?: Failure;
}

const recheckMs = 5 * 60_000;
const quickRetryMs = 3_000;
/** The watch will have brought the newer object by then. */
const conflictRetryMs = 200;
const slowRetryMs = 30_000;
/** An issuer that waits for its turn is woken; this is only in case that the wake was missed. */
const missedWakeMs = 60_000;

/** @returns a function that checks one issuer; its answer is when to check again, or undefined where it is gone. */
export function makeReconcileIssuer(ports: ReconcileIssuerPorts): (key: IssuerKey, signal: AbortSignal) => Promise<number | undefined> {
  const { issuers, served, authority, events, directory, clock, logger, rules, parking, turns, warnOf, wake } = ports;
  const failures = new Map<string, number>();

  return async (key, signal) => {
    const known = directory.get(key);
    const name = describeIssuer(key);
    if (known === undefined) {
      failures.delete(name);
      turns.leave(name);
      return undefined;
    }
    const { issuer } = known;
    const checked = await check(issuer, known.standing, signal);
    if (checked === 'queued') return signal.aborted ? quickRetryMs : missedWakeMs;
    const standing = await warn(issuer, checked, signal);
    if (signal.aborted) return quickRetryMs;
    const status = statusOf(standing, issuer);
    if (!isWritten(issuer, status)) {
      const written = await issuers.publish(issuer, status, signal);
      if (!written.ok) {
        logger.warn(`the status of ${name} will be written again`, { cause: written.failure.message });
        return written.failure.class === 'conflict' ? conflictRetryMs : quickRetryMs;
      }
      const { status: value, reason, message } = status.ready;
      for (const warning of newWarnings(issuer.warnings, status.warnings)) events.tell(issuer, { type: 'Warning', reason: warning.reason, note: warning.message });
      if (issuer.ready?.message !== message) events.tell(issuer, { type: value === 'True' ? 'Normal' : 'Warning', reason, note: message });
    }
    if (directory.settle(issuer, standing) && standing.kind === 'ready') parking.release(key, standing.facts.arn);
    if (standing.kind === 'ready') {
      failures.delete(name);
      return checked.uncheckedBecause === undefined ? recheckMs * (0.8 + clock.random() * 0.4) : slowRetryMs;
    }
    const tries = (failures.get(name) ?? 0) + 1;
    failures.set(name, tries);
    return tries <= 10 ? quickRetryMs : slowRetryMs;
  };

  /** 'queued': nothing is known, and the issuer is checked when its turn comes. */
  async function check(issuer: Issuer, before: Standing, signal: AbortSignal): Promise<Checked | 'queued'> {
    const judged = judgeIssuer(issuer.key, issuer.spec, rules);
    const stale = staleSchema(issuer.key.kind, await served.missing(issuer.key.kind, before.kind === 'unchecked', signal));
    if (!judged.ok) return { finding: faultOf(judged, stale) };
    const { config } = judged;
    const anchors = tryReadAnchors(config.anchorsPem);
    if (typeof anchors === 'string') {
      return { config, finding: { kind: 'not-ready', reason: 'Validation', message: `Failed to validate resource: spec.additionalTrustAnchors: ${anchors}` } };
    }
    if (stale !== undefined) return { finding: stale };
    const access: Access = config;
    const name = describeIssuer(issuer.key);
    const isTurn = turns.mayCall({ authority: config.authority, kind: 'DescribeCertificateAuthority', key: name, lane: name, isFirst: false, wake: () => wake(issuer.key) });
    if (!isTurn) return 'queued';
    // Of the last check this process knows more than stands in status.
    const known = before.kind === 'ready' ? before.facts : verifiedFacts(issuer);
    const learnt = await learnAuthority(authority, access, anchors, known, signal);
    if (!learnt.ok) {
      const facts = isPassing(learnt.failure) ? known : undefined;
      if (facts !== undefined) return { config, finding: { kind: 'ready', config, facts, anchors }, uncheckedBecause: learnt.failure };
      return { config, finding: readinessOf.failure(learnt.failure, config.authority) };
    }
    const trouble = readinessOf.authority(learnt.value);
    return { config, finding: trouble ?? { kind: 'ready', config, facts: learnt.value, anchors } };
  }

  async function warn({ key }: Issuer, { finding, config, uncheckedBecause }: Checked, signal: AbortSignal): Promise<Exclude<Standing, { kind: 'unchecked' }>> {
    const facts = finding.kind === 'ready' ? finding.facts : undefined;
    const warnings = config === undefined ? [] : await warnOf({ key, config, facts, uncheckedBecause }, signal);
    return { ...finding, warnings };
  }
}

/** What a spec lacks may be what it has lost: then a fault of its identity gives way, and any other is told together with that. */
function faultOf({ reason, message }: Extract<IssuerJudgement, { ok: false }>, stale: Trouble | undefined): Trouble {
  if (stale === undefined) return { kind: 'not-ready', reason, message };
  return reason === 'Error' ? stale : { kind: 'not-ready', reason, message: `${message}; ${stale.message}` };
}

/** A Ready issuer that merely cannot be checked again stays Ready, whichever process has checked it. */
function isPassing(failure: Failure): boolean {
  return failure.class === 'transient' || failure.class === 'throttled' || failure.class === 'ambiguous';
}

/** The facts in status, which are of the very same spec, where they were good enough to sign with. */
function verifiedFacts(issuer: Issuer): Issuer['facts'] {
  return issuer.ready?.status === 'True' ? issuer.facts : undefined;
}

function statusOf(standing: Exclude<Standing, { kind: 'unchecked' }>, issuer: Issuer): IssuerStatus {
  const { warnings } = standing;
  if (standing.kind === 'ready') {
    return { ready: { status: 'True', reason: 'Verified', message: 'Issuer verified' }, warnings, facts: standing.facts };
  }
  const { reason, message } = standing;
  return { ready: { status: 'False', reason, message }, warnings, facts: issuer.facts };
}

function isWritten(issuer: Issuer, { ready, warnings, facts }: IssuerStatus): boolean {
  const now = issuer.ready;
  const isSameReady =
    now?.status === ready.status && now.reason === ready.reason && now.message === ready.message && now.observedGeneration === issuer.generation;
  return isSameReady && alreadyWarns(issuer.warnings, warnings, issuer.generation) && shown(facts) === shown(issuer.facts);
}

/** What of the facts stands in status, whoever has read them and in whichever order. */
function shown(facts: Issuer['facts']): string {
  if (facts === undefined) return '';
  const { arn, type, status, usageMode, keyAlgorithm, signingAlgorithm, serial, notAfter, pathLength, rootSHA256 } = facts;
  return JSON.stringify([arn, type, status, usageMode, keyAlgorithm, signingAlgorithm, serial, notAfter && Math.floor(notAfter.getTime() / 1_000), pathLength, rootSHA256]);
}

function tryReadAnchors(bundle: string): readonly CertificateFacts[] | string {
  try {
    return bundle.trim() === '' ? [] : readAnchors(bundle);
  } catch (error) {
    if (error instanceof PkiError) return error.message;
    throw error;
  }
}
