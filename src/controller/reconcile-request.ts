// One look at one request: load -> gate -> issuer -> CSR -> plan -> obtain -> prove. What it led to is a value;
// publish-outcome.ts writes it down.
import { gate, type GateRules } from '../domain/gate.ts';
import { describeIssuer } from '../domain/issuer.ts';
import type { Outcome } from '../domain/outcome.ts';
import { plan, type Plan } from '../domain/plan.ts';
import { baseAnnotation, type Request, type RequestKey } from '../domain/request.ts';
import { retryDelayMs } from '../domain/retry.ts';
import { nextBase, standingBase, writeForRequest, type BaseQuestion } from '../domain/validity.ts';
import { readCsr, type CsrFacts } from '../pki/csr.ts';
import { PkiError } from '../pki/error.ts';
import { issuerKeyOf, otherKindOf, type IssuerDirectory, type KnownIssuer, type Standing } from './issuer-directory.ts';
import { makeJudgeAsker, type AskerPorts } from './judge-asker.ts';
import { judgeCertificate, noAnchor } from './judge-certificate.ts';
import type { Access } from './ports.ts';
import { generationOf, knownArn } from './known-arn.ts';
import { makeObtainCertificate, type ObtainPorts, type Order, type Signed } from './obtain-certificate.ts';
import { countFailure, isAmbiguous, letBaseMove, pauseOf, type RequestMemories, type RequestMemory } from './request-memory.ts';

export interface ReconcilePorts extends ObtainPorts, AskerPorts {
  readonly directory: IssuerDirectory;
  readonly memories: RequestMemories;
  readonly rules: GateRules;
  /** For requests that name no duration (flag --default-duration). */
  readonly defaultDurationMs: number;
}

/** `request`: the object as last seen, to publish on; undefined where there is none. */
export interface Look {
  readonly request: Request | undefined;
  readonly outcome: Outcome;
  /** When the request was allowed, for the latency metric. */
  readonly since?: Date;
}

type Ready = Extract<Standing, { kind: 'ready' }>;

/** A request that waits for an issuer is woken by it; this is only in case that a wake was missed. */
const missedWakeMs = 60_000;

export function makeReconcileRequest(ports: ReconcilePorts): (key: RequestKey, signal: AbortSignal) => Promise<Look> {
  const { requests, admission, directory, memories, clock, rules } = ports;
  const obtain = makeObtainCertificate(ports);
  const judgeAsker = makeJudgeAsker(ports);

  return async (key, signal) => {
    const loaded = await requests.load(key, signal);
    if (!loaded.ok) {
      const { failure } = loaded;
      return { request: undefined, outcome: { kind: 'retry', failure, message: failure.message, afterMs: retryDelayMs(failure, 2, clock.random()) } };
    }
    const request = loaded.value;
    if (request === undefined) return { request, outcome: { kind: 'ignored', why: 'it is gone' } };
    const gated = gate(request, rules);
    if (gated.kind === 'ignore') return { request, outcome: { kind: 'ignored', why: gated.why } };
    if (gated.kind === 'denied') return { request, outcome: { kind: 'denied' } };
    return { ...(await advance(request, gated.since, signal)), since: gated.since };
  };

  async function advance(request: Request, since: Date, signal: AbortSignal): Promise<Look> {
    const key = issuerKeyOf(request);
    directory.enroll(request.key, key);
    const known = directory.get(key);
    const memory = memories.of(request.uid, clock.now());
    if (known === undefined || known.standing.kind !== 'ready') {
      admission.leave(request.key);
      letBaseMove(memory);
      return { request, outcome: waitForIssuer(request, known, directory.get(otherKindOf(key, request.key.namespace))) };
    }
    const refused = await judgeAsker(request, known.standing.config, memory, signal);
    if (refused !== undefined) {
      admission.leave(request.key);
      letBaseMove(memory);
      return { request, outcome: refused };
    }
    if (memory.epoch !== known.epoch) Object.assign(memory, { epoch: known.epoch, pause: undefined });
    const paused = pauseOf(memory, clock.now());
    if (paused !== undefined) return { request, outcome: paused };
    const csr = tryReadCsr(request.csrPem);
    if (typeof csr === 'string') return { request, outcome: { kind: 'failed', reason: 'InvalidCSR', message: csr } };
    const look = await sign({ request, since, csr, standing: known.standing, memory, signal });
    const { outcome } = look;
    memory.pause = 'afterMs' in outcome ? { dueMs: clock.now() + outcome.afterMs, outcome } : undefined;
    return look;
  }

  async function sign(task: Task): Promise<Look> {
    const { request, since, csr, standing, memory, signal } = task;
    const { config, facts } = standing;
    const access: Access = config;
    const durationMs = request.durationMs ?? ports.defaultDurationMs;
    const terms = { issuer: issuerKeyOf(request), limitPerHour: config.maxCertificatesPerHour, durationMs, offsetMs: config.notBeforeOffsetMs };
    const found: Order = { request, since, access, memory, terms };
    const arn = knownArn(found);
    if (durationMs < 1_000) {
      return { request, outcome: { kind: 'failed', reason: 'DurationTooLong', message: `spec.duration is ${durationMs / 1_000} s; a certificate must last at least a second` } };
    }
    const unanswered = arn === undefined ? await obtain.endAmbiguity(found, signal) : undefined;
    if (unanswered !== undefined) return unanswered;
    const dated = arn === undefined ? await decideBase(task, durationMs) : { request, base: standingBase(question(task, durationMs)) };
    if ('outcome' in dated) return dated;
    const generation = generationOf(dated.request);
    const planned = plan({ request: dated.request, csr, issuer: config, facts, base: dated.base, durationMs, generation });
    if (planned.kind === 'impossible') return { request: dated.request, outcome: { kind: 'failed', reason: planned.reason, message: planned.message } };
    if (planned.kind === 'waits') return { request: dated.request, outcome: { ...planned, kind: 'waiting', afterMs: missedWakeMs } };
    if (arn === undefined && request.isCA && facts.hasTrustAnchor === false) return { request: dated.request, outcome: noAnchor(facts.arn) };
    const order: Order = { ...found, request: dated.request };
    const obtained = arn === undefined ? await obtain.issue(order, planned.plan, signal) : await obtain.fetch(order, arn, signal);
    if (obtained.kind === 'outcome') return obtained;
    return judge({ ...task, request: obtained.request }, order, planned.plan, dated.base, obtained);
  }

  /** Compares what AWS returned with the plan; only what passes is published. */
  async function judge(task: Task, order: Order, planned: Plan, base: Date, obtained: Signed): Promise<Look> {
    const { request, csr, standing, signal } = task;
    const { answer, arn } = obtained;
    const { facts, anchors } = standing;
    const judged = judgeCertificate({ answer, certificateArn: arn, csr, plan: planned, base, facts, anchors, now: new Date(clock.now()) });
    switch (judged.kind) {
      case 'outcome':
        return { request, outcome: judged.outcome };
      case 'refuted':
        return obtain.dropCertificate({ ...order, request }, arn, judged.why, signal);
      case 'unreadable':
        return obtain.fetchAgain({ ...order, request }, arn, judged.why, signal);
    }
  }

  function question({ request, since, memory }: Task, durationMs: number): BaseQuestion {
    return {
      uid: request.uid,
      since,
      stored: request.annotations[baseAnnotation],
      durationMs,
      nowMs: clock.now(),
      hasAmbiguousAttempt: isAmbiguous(memory, clock.now()),
      hasCleanRefusal: memory.hasCleanRefusal,
      knownForMs: clock.now() - memory.knownSinceMs,
    };
  }

  async function decideBase(task: Task, durationMs: number): Promise<Look | { readonly request: Request; readonly base: Date }> {
    const { request, memory, signal } = task;
    const decided = nextBase(question(task, durationMs));
    if (decided.kind === 'use') return { request, base: decided.base };
    if (decided.kind === 'wait') return { request, outcome: { kind: 'polling', afterMs: decided.afterMs } };
    if (decided.kind === 'too-far') {
      const message = `the request was made or approved at ${decided.base.toISOString()}, which is in the future by this controller's clock; one of the clocks is wrong`;
      return { request, outcome: { kind: 'waiting', reason: 'ApprovalInTheFuture', message, afterMs: Math.min(decided.aheadMs, missedWakeMs) } };
    }
    const written = await requests.annotate(request, { [baseAnnotation]: writeForRequest(request.uid, decided.base.toISOString()) }, signal);
    if (!written.ok) {
      const { failure } = written;
      const message = `the instant from which the dates count could not be stored: ${failure.operation}: ${failure.code}: ${failure.message}`;
      return { request, outcome: { kind: 'retry', failure, message, afterMs: retryDelayMs(failure, countFailure(memory, failure.class), clock.random()) } };
    }
    memory.hasCleanRefusal = false;
    return { request: written.value, base: decided.base };
  }
}

interface Task {
  readonly request: Request;
  readonly since: Date;
  readonly csr: CsrFacts;
  readonly standing: Ready;
  readonly memory: RequestMemory;
  readonly signal: AbortSignal;
}

/** @returns the facts, or the sentence that says what is wrong. */
function tryReadCsr(pem: string): CsrFacts | string {
  try {
    return readCsr(pem);
  } catch (error) {
    if (error instanceof PkiError) return `spec.request is not a usable CSR: ${error.message}`;
    throw error;
  }
}

function waitForIssuer(request: Request, known: KnownIssuer | undefined, other: KnownIssuer | undefined): Outcome {
  const name = describeIssuer(issuerKeyOf(request));
  if (known === undefined) {
    const hint = other === undefined ? '' : `. But there is an ${other.issuer.key.kind} of that name; set issuerRef.kind: ${other.issuer.key.kind} where the request comes from`;
    return { kind: 'waiting', reason: 'IssuerNotFound', message: `issuer could not be found: there is no ${name}; create it, and this request goes on by itself${hint}`, afterMs: missedWakeMs };
  }
  const { standing } = known;
  if (standing.kind === 'unchecked' || standing.kind === 'ready') return { kind: 'polling', afterMs: missedWakeMs };
  return { kind: 'waiting', reason: 'IssuerNotReady', message: `issuer is not ready: ${name}: ${standing.reason}: ${standing.message}`, afterMs: missedWakeMs };
}
