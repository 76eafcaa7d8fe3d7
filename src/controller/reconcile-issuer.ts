// One look at one issuer: is its spec sound, do its credentials work, and what does AWS say of its CA?
import { readinessOf } from '../domain/readiness.ts';
import type { Failure } from '../domain/failure.ts';
import { judgeIssuer, type AmbientRules } from '../domain/issuer-config.ts';
import { describeIssuer, type Issuer, type IssuerKey, type IssuerStatus } from '../domain/issuer.ts';
import { readAnchors } from '../pki/chain.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { IssuerDirectory, Standing } from './issuer-directory.ts';
import { learnAuthority } from './learn-authority.ts';
import type { Parking } from './parking.ts';
import type { Authority, Events, Issuers, TurnTaker } from './ports.ts';

export interface ReconcileIssuerPorts {
  readonly issuers: Issuers;
  readonly authority: Authority;
  readonly events: Events;
  readonly directory: IssuerDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rules: AmbientRules;
  readonly parking: Pick<Parking, 'release'>;
  readonly turns: TurnTaker;
  /** Has the issuer checked now. */
  readonly wake: (key: IssuerKey) => void;
}

interface Checked {
  readonly standing: Standing;
  /** false: AWS could not be asked, and what was known before still counts. */
  readonly isConfirmed?: boolean;
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
  const { issuers, authority, events, directory, clock, logger, rules, parking, turns, wake } = ports;
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
    if (signal.aborted) return quickRetryMs;
    if (checked === 'queued') return missedWakeMs;
    const { standing, isConfirmed = true } = checked;
    const status = statusOf(standing, issuer);
    if (!isWritten(issuer, status)) {
      const written = await issuers.publish(issuer, status, signal);
      if (!written.ok) {
        logger.warn(`the status of ${name} will be written again`, { cause: written.failure.message });
        return written.failure.class === 'conflict' ? conflictRetryMs : quickRetryMs;
      }
      const { status: value, reason, message } = status.ready;
      if (issuer.ready?.message !== message) events.tell(issuer, { type: value === 'True' ? 'Normal' : 'Warning', reason, note: message });
    }
    if (directory.settle(issuer, standing) && standing.kind === 'ready') parking.release(key, standing.facts.arn);
    if (standing.kind === 'ready') {
      failures.delete(name);
      return isConfirmed ? recheckMs * (0.8 + clock.random() * 0.4) : slowRetryMs;
    }
    const tries = (failures.get(name) ?? 0) + 1;
    failures.set(name, tries);
    return tries <= 10 ? quickRetryMs : slowRetryMs;
  };

  /** 'queued': nothing is known, and the issuer is checked when its turn comes. */
  async function check(issuer: Issuer, before: Standing, signal: AbortSignal): Promise<Checked | 'queued'> {
    const judged = judgeIssuer(issuer.key, issuer.spec, rules);
    if (!judged.ok) return { standing: { kind: 'not-ready', reason: judged.reason, message: judged.message } };
    const { config } = judged;
    const anchors = tryReadAnchors(config.anchorsPem);
    if (typeof anchors === 'string') {
      return { standing: { kind: 'not-ready', reason: 'Validation', message: `Failed to validate resource: spec.additionalTrustAnchors: ${anchors}` } };
    }
    const access = { authority: config.authority, identity: config.identity };
    const name = describeIssuer(issuer.key);
    const isTurn = turns.mayCall({ authority: config.authority, kind: 'DescribeCertificateAuthority', key: name, lane: name, isFirst: false, wake: () => wake(issuer.key) });
    if (!isTurn) return 'queued';
    const verified = verifiedFacts(issuer);
    const learnt = await learnAuthority(authority, access, anchors, verified, signal);
    if (!learnt.ok) {
      const facts = isPassing(learnt.failure) ? (before.kind === 'ready' ? before.facts : verified) : undefined;
      if (facts !== undefined) return { standing: { kind: 'ready', config, facts, anchors }, isConfirmed: false };
      return { standing: readinessOf.failure(learnt.failure, config.authority.arn) };
    }
    const trouble = readinessOf.authority(learnt.value);
    return { standing: trouble ?? { kind: 'ready', config, facts: learnt.value, anchors } };
  }
}

/** A Ready issuer that merely cannot be checked again stays Ready, whichever process has checked it. */
function isPassing(failure: Failure): boolean {
  return failure.class === 'transient' || failure.class === 'throttled' || failure.class === 'ambiguous';
}

/** The facts in status, which are of the very same spec, where they were good enough to sign with. */
function verifiedFacts(issuer: Issuer): Issuer['facts'] {
  return issuer.ready?.status === 'True' ? issuer.facts : undefined;
}

function statusOf(standing: Standing, issuer: Issuer): IssuerStatus {
  if (standing.kind === 'ready') {
    return { ready: { status: 'True', reason: 'Verified', message: 'Issuer verified' }, facts: standing.facts };
  }
  const { reason, message } = standing.kind === 'not-ready' ? standing : { reason: 'Unknown', message: 'not checked yet' };
  return { ready: { status: 'False', reason, message }, facts: issuer.facts };
}

function isWritten(issuer: Issuer, { ready, facts }: IssuerStatus): boolean {
  const now = issuer.ready;
  const isSameReady =
    now?.status === ready.status && now.reason === ready.reason && now.message === ready.message && now.observedGeneration === issuer.generation;
  const { hasTrustAnchor: _ours, ...written } = facts ?? {};
  const { hasTrustAnchor: _theirs, ...read } = issuer.facts ?? {};
  return isSameReady && JSON.stringify(written) === JSON.stringify(read);
}

function tryReadAnchors(bundle: string): readonly CertificateFacts[] | string {
  try {
    return bundle.trim() === '' ? [] : readAnchors(bundle);
  } catch (error) {
    if (error instanceof PkiError) return error.message;
    throw error;
  }
}
