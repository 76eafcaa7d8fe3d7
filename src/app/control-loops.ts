// The two control loops, of issuers and of requests: their queues, who fills and wakes them, and who works on them.
import type { Limits } from '../aws/limits.ts';
import { makeAdmission } from '../controller/admission.ts';
import { makeIssuerDirectory } from '../controller/issuer-directory.ts';
import { tellOfIssuers } from '../controller/issuer-gauges.ts';
import { makeIssuerLedger } from '../controller/issuer-ledger.ts';
import type { OrderGate } from '../controller/order-gate.ts';
import { makeParking } from '../controller/parking.ts';
import type { Authority, Events, Issuers, Namespaces, Requests, ServedSchema } from '../controller/ports.ts';
import { makePublishOutcome } from '../controller/publish-outcome.ts';
import { makeReconcileIssuer } from '../controller/reconcile-issuer.ts';
import { makeReconcileRequest } from '../controller/reconcile-request.ts';
import { makeRequestLanes } from '../controller/request-lanes.ts';
import { makeRequestMemories } from '../controller/request-memory.ts';
import { makeRunawayGuard } from '../controller/runaway-guard.ts';
import { makeWarnOfIssuer } from '../controller/warn-of-issuer.ts';
import { group, issuerKinds, type Issuer, type IssuerKey, type IssuerKind } from '../domain/issuer.ts';
import { describeKey, type RequestKey } from '../domain/request.ts';
import type { RequestSketch } from '../kube/watch-requests.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import { runWorkers, type HandleResult } from '../runtime/worker-pool.ts';
import { WorkQueue } from '../runtime/work-queue.ts';
import type { Settings } from './settings.ts';
import type { Stages } from './shutdown.ts';

export interface ControlLoopsOptions {
  readonly settings: Settings;
  readonly requests: Requests;
  readonly issuers: Issuers;
  readonly namespaces: Namespaces;
  readonly served: ServedSchema;
  readonly events: Events;
  readonly authority: Authority;
  readonly limits: Limits;
  readonly orders: OrderGate;
  readonly stages: Stages;
  /** Is every issuer known that existed at the start? */
  readonly knowsIssuers: () => boolean;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface ControlLoops {
  issuerChanged(issuer: Issuer): void;
  issuerGone(key: IssuerKey): void;
  /** Has every issuer of the kind checked now. */
  checkAll(kind: IssuerKind): void;
  requestChanged(key: RequestKey, request: RequestSketch): void;
  requestGone(key: RequestKey, request: RequestSketch): void;
  /** Works until nothing new is to be begun; resolves when what was under way has ended. */
  run(): Promise<void>;
  /** Ends every delay. */
  shutDown(): void;
}

const issuerWorkers = 4;
/** So much of the workers one issuer may have at most. */
const shareOfOneIssuer = 0.75;
/** How often a request looks whether the issuers are known, while the process starts. */
const startupMs = 100;

export function makeControlLoops(options: ControlLoopsOptions): ControlLoops {
  const { settings, limits, stages, knowsIssuers, clock, metrics, logger } = options;
  const lanes = makeRequestLanes();
  const requestWorkers = settings.maxAwsCallsInFlight;
  const laneLimit = Math.ceil(requestWorkers * shareOfOneIssuer);
  const requestQueue = new WorkQueue({ clock, metrics, name: 'certificaterequest', laneOf: (key) => lanes.laneOf(key), laneLimit });
  const issuerQueue = new WorkQueue({ clock, metrics, name: 'issuer', laneOf: (key) => ({ lane: key, isFirst: false }) });
  const wakeRequest = (key: string): void => requestQueue.wake(key);
  const wakeIssuer = (key: IssuerKey): void => issuerQueue.wake(writeIssuerKey(key));

  const directory = makeIssuerDirectory(wakeRequest);
  tellOfIssuers(() => directory.list(), metrics);
  const parking = makeParking({ clock, metrics, wake: wakeRequest, recheck: wakeIssuer });
  const admission = makeAdmission({ parking, turns: limits, wake: wakeRequest });
  const guard = makeRunawayGuard({ clock, metrics });
  const memories = makeRequestMemories();
  metrics.sample('pca_issuer_oldest_request_seconds', () => [{ value: Math.max(0, clock.now() - (memories.oldestSinceMs ?? clock.now())) / 1_000 }]);
  const common = { ...options, admission, guard, directory, memories };
  const ambient = {
    allowsCluster: settings.clusterIssuerAmbientCredentials,
    allowsNamespaced: settings.issuerAmbientCredentials,
    overridesIsCA: settings.defaultTemplateOverridesIsCa,
    clusterName: settings.clusterName,
  };
  const rules = { group, kinds: issuerKinds, checksApproval: !settings.disableApprovedCheck };
  const ledger = makeIssuerLedger(wakeIssuer);
  const warnOf = makeWarnOfIssuer({ clock, ledger, defaultDurationMs: settings.defaultDuration, namespaces: options.namespaces, watchedNamespaces: settings.watchNamespaces });
  const reconcileIssuer = makeReconcileIssuer({ ...common, rules: ambient, parking, turns: limits, warnOf, wake: wakeIssuer });
  const reconcileRequest = makeReconcileRequest({ ...common, rules, defaultDurationMs: settings.defaultDuration });
  const publishOutcome = makePublishOutcome(common);

  async function handleIssuer(text: string): Promise<HandleResult> {
    const afterMs = await reconcileIssuer(readIssuerKey(text), stages.answers);
    if (afterMs === undefined) return 'success';
    issuerQueue.addAfter(text, afterMs);
    return 'requeue_after';
  }

  async function handleRequest(text: string): Promise<HandleResult> {
    if (!knowsIssuers()) {
      requestQueue.addAfter(text, startupMs);
      return 'requeue_after';
    }
    const key = readRequestKey(text);
    const look = await reconcileRequest(key, stages.answers);
    // What was broken off is no news.
    if (stages.answers.aborted && (look.outcome.kind === 'retry' || look.outcome.kind === 'parked')) return 'error';
    if (look.request !== undefined) ledger.hear(look.request, look.outcome);
    const next = await publishOutcome(key, look, stages.writes);
    if (next === 'forget') requestQueue.forget(text);
    else requestQueue.addAfter(text, next.afterMs);
    if (look.outcome.kind === 'retry' || look.outcome.kind === 'parked') return 'error';
    return next === 'forget' ? 'success' : 'requeue_after';
  }

  function leave(key: RequestKey, { uid }: RequestSketch, isGone: boolean): void {
    lanes.forget(key);
    guard.forget(uid);
    // What finishes it just now tidies up by itself, and still needs what is remembered.
    if (requestQueue.drop(describeKey(key)) && !isGone) return;
    memories.forget(uid);
    directory.release(key);
    admission.leave(key);
    ledger.leave(key);
  }

  return {
    issuerChanged(issuer) {
      if (directory.learn(issuer)) issuerQueue.add(writeIssuerKey(issuer.key));
    },
    issuerGone: (key) => directory.remove(key),
    checkAll(kind) {
      for (const { issuer } of directory.list()) if (issuer.key.kind === kind) wakeIssuer(issuer.key);
    },
    requestChanged(key, request) {
      if (request.isTerminal) return leave(key, request, false);
      lanes.learn(key, request);
      requestQueue.add(describeKey(key));
    },
    requestGone: (key, request) => leave(key, request, true),
    async run() {
      const pool = { clock, logger, metrics, signal: stages.stopping };
      await Promise.all([
        runWorkers({ ...pool, name: 'issuer', queue: issuerQueue, count: issuerWorkers, handle: handleIssuer }),
        runWorkers({ ...pool, name: 'certificaterequest', queue: requestQueue, count: requestWorkers, handle: handleRequest }),
      ]);
    },
    shutDown() {
      for (const queue of [requestQueue, issuerQueue]) queue.shutDown();
    },
  };
}

function writeIssuerKey({ kind, namespace = '', name }: IssuerKey): string {
  return `${kind}/${namespace}/${name}`;
}

function readIssuerKey(text: string): IssuerKey {
  const [kind, namespace, name = ''] = text.split('/');
  return { kind: kind as IssuerKey['kind'], namespace: namespace || undefined, name };
}

function readRequestKey(text: string): RequestKey {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}
