// Which fields of our kinds does the API server lack? Read from its OpenAPI document, of which only the names of those are kept.
import type { ServedSchema } from '../controller/ports.ts';
import type { IssuerKind } from '../domain/api.gen.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { group, version } from '../domain/issuer.ts';
import { missingByKind } from '../domain/stale-schema.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { KubeResult } from './errors.ts';
import { makeRecentReadings } from './recent-readings.ts';
import type { KubeResponse, KubeTransport } from './transport.ts';

export interface ServedSchemaOptions {
  readonly transport: Pick<KubeTransport, 'request'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** The kind lacks other fields than before. */
  readonly onChange: (kind: IssuerKind) => void;
}

/** Fields that the CRD of each kind lacks; a kind that is not served has no entry. */
type Missing = ReadonlyMap<IssuerKind, readonly string[]>;

/** Every client that has an identity may read it (ClusterRole system:discovery). */
const schemaPath = `/openapi/v3/apis/${group}/${version}`;
const calmMs = 10 * 60_000;
/** While fields are missing or nobody could tell, and after a new spec: a CRD that came with it is published a moment later. */
const soonMs = 15_000;

/** Reads from the first question on, and then for ever. A failure to read says nothing: what was known before still counts. */
export function makeServedSchema({ transport, clock, logger, signal, onChange }: ServedSchemaOptions): ServedSchema {
  const readings = makeRecentReadings({ transport, clock, read: readMissing, mostCopies: 1 });
  const known = new Map<IssuerKind, readonly string[]>();
  let timer: Timer | undefined;
  let failedWith = '';

  /** @returns whether all is there. */
  const look = async (until: AbortSignal): Promise<boolean> => {
    const answer = await readings(schemaPath, {}, until);
    if (until.aborted) return false;
    const code = answer.ok ? '' : answer.failure.code;
    if (!answer.ok && code !== failedWith) logger.warn('the API server does not say which fields its CRDs have', { cause: answer.failure.message });
    failedWith = code;
    for (const [kind, missing] of answer.ok ? answer.value : []) learn(kind, missing);
    return answer.ok && [...known.values()].every((missing) => missing.length === 0);
  };

  const learn = (kind: IssuerKind, missing: readonly string[]): void => {
    if (String(known.get(kind) ?? []) === String(missing)) return;
    known.set(kind, missing);
    if (missing.length > 0) logger.warn('a CRD lacks fields of this version', { kind, missing });
    else logger.info('a CRD has all fields of this version', { kind });
    onChange(kind);
  };

  const lookIn = (delayMs: number): void => {
    timer?.cancel();
    if (!signal.aborted) timer = clock.after(delayMs, () => void lookAgain());
  };

  const lookAgain = async (): Promise<void> => {
    const fired = timer;
    const isComplete = await look(signal);
    // Unless a new spec has asked for another look meanwhile.
    if (timer === fired) lookIn(isComplete ? calmMs : soonMs);
  };

  signal.addEventListener('abort', () => timer?.cancel(), { once: true });

  return {
    async missing(kind, isNewSpec, until) {
      if (isNewSpec) {
        lookIn(soonMs);
        await look(until);
      }
      return known.get(kind) ?? [];
    },
  };
}

function readMissing(answer: KubeResult<KubeResponse>): Result<Missing> {
  return answer.ok ? succeed(missingByKind(answer.value.body)) : answer;
}
