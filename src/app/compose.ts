// Builds the controller process: which adapter answers which port, and who wakes whom.
import { hostname } from 'node:os';
import { makeAuthority } from '../aws/authority.ts';
import { makeLimits } from '../aws/limits.ts';
import { makeAdmission } from '../controller/admission.ts';
import { tellOfIssuers } from '../controller/issuer-gauges.ts';
import { makeIssuerDirectory } from '../controller/issuer-directory.ts';
import { makeOrderGate } from '../controller/order-gate.ts';
import { makeParking } from '../controller/parking.ts';
import { makePublishOutcome } from '../controller/publish-outcome.ts';
import { makeReconcileIssuer } from '../controller/reconcile-issuer.ts';
import { makeReconcileRequest } from '../controller/reconcile-request.ts';
import { makeRequestLanes } from '../controller/request-lanes.ts';
import { makeRequestMemories } from '../controller/request-memory.ts';
import { makeRunawayGuard } from '../controller/runaway-guard.ts';
import { group, issuerKinds, type IssuerKey } from '../domain/issuer.ts';
import { describeKey, type RequestKey } from '../domain/request.ts';
import { makeEvents } from '../kube/events.ts';
import { guardWrites } from '../kube/guard-writes.ts';
import { makeIssuers } from '../kube/issuers.ts';
import { leaseName } from '../kube/lease.ts';
import { makeRequests } from '../kube/requests.ts';
import { makeSecrets } from '../kube/secrets.ts';
import { makeTransport } from '../kube/transport.ts';
import { watchIssuers } from '../kube/watch-issuers.ts';
import { watchRequests } from '../kube/watch-requests.ts';
import { startHealthServer } from '../observe/health.ts';
import { leaderSane } from '../observe/health-checks.ts';
import { makeMetrics } from '../observe/metrics.ts';
import { monotonicMs, systemClock, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { runWorkers, type HandleResult } from '../runtime/worker-pool.ts';
import { WorkQueue } from '../runtime/work-queue.ts';
import { makeLeadership, type Leadership } from './leadership.ts';
import type { Settings } from './settings.ts';
import { makeStages, type Stages } from './shutdown.ts';

export interface ControllerOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

export interface RunningController {
  /** Resolves when everything has stopped: because it was told to, or because somebody else may lead now. */
  readonly stopped: Promise<'in order' | 'lease lost'>;
}

const issuerWorkers = 4;
/** So much of the workers one issuer may have at most. */
const shareOfOneIssuer = 0.75;
/** How often a request looks whether the issuers are known, while the process starts. */
const startupMs = 100;

export async function startController({ settings, logger, signal, clock = systemClock }: ControllerOptions): Promise<RunningController> {
  const version = process.env['PCA_ISSUER_VERSION'] ?? 'development';
  logger.info('pca-issuer starts', { version, node: process.version, settings });
  const metrics = makeMetrics();
  const transport = makeTransport({ kubeconfigFile: settings.kubeconfig || undefined, clock, logger, metrics, userAgent: `pca-issuer/${version}` });
  const stages = makeStages(signal, clock);
  const leadership = makeLeadership({ settings, transport, clock, logger });
  const work = { isGoingOn: false };
  metrics.set('pca_issuer_build_info', 1, { version, node: process.version });
  metrics.sample('leader_election_master_status', () => [{ labels: { name: leaseName }, value: leadership.holds() ? 1 : 0 }]);
  const guarded = guardWrites(transport, leadership);
  const orders = makeOrderGate({ isStopping: () => stages.stopping.aborted, signal: stages.writes });
  const requests = orders.watchRequests(makeRequests(guarded, clock));
  const events = makeEvents({ transport: guarded, clock, logger, instance: hostname() });
  const { maxAwsCallsInFlight: requestWorkers, awsIssueRate, awsGetRate, awsDescribeRate } = settings;
  const rates = { IssueCertificate: awsIssueRate, GetCertificate: awsGetRate, DescribeCertificateAuthority: awsDescribeRate };
  const limits = makeLimits({ rates, clock, metrics });
  const authority = makeAuthority({ secrets: makeSecrets(transport, clock), clock, logger, metrics, limits, version, permit: leadership });

  const lanes = makeRequestLanes();
  const laneLimit = Math.ceil(requestWorkers * shareOfOneIssuer);
  const requestQueue = new WorkQueue({ clock, metrics, name: 'certificaterequest', laneOf: (key) => lanes.laneOf(key), laneLimit });
  const issuerQueue = new WorkQueue({ clock, metrics, name: 'issuer', laneOf: (key) => ({ lane: key, isFirst: false }) });
  const wake = (request: string): void => requestQueue.wake(request);
  const directory = makeIssuerDirectory(wake);
  tellOfIssuers(() => directory.list(), metrics);
  const parking = makeParking({ clock, metrics, wake, recheck: (issuer) => issuerQueue.wake(writeIssuerKey(issuer)) });
  const admission = makeAdmission({ parking, turns: limits, wake });
  const guard = makeRunawayGuard({ clock, metrics });
  const memories = makeRequestMemories();
  const common = { requests, events, authority, orders, admission, guard, directory, memories, clock, metrics, logger };

  const reconcileIssuer = makeReconcileIssuer({
    ...common,
    issuers: orders.watchIssuers(makeIssuers(guarded, clock)),
    rules: {
      allowsCluster: settings.clusterIssuerAmbientCredentials,
      allowsNamespaced: settings.issuerAmbientCredentials,
      overridesIsCA: settings.defaultTemplateOverridesIsCa,
    },
    parking,
    turns: limits,
    wake: (issuer) => issuerQueue.wake(writeIssuerKey(issuer)),
  });
  const reconcileRequest = makeReconcileRequest({
    ...common,
    rules: { group, kinds: issuerKinds, checksApproval: !settings.disableApprovedCheck },
    defaultDurationMs: settings.defaultDuration,
  });
  const publishOutcome = makePublishOutcome(common);

  const issuerWatch = watchIssuers({
    transport,
    clock,
    logger,
    onChange: (issuer) => {
      if (directory.learn(issuer)) issuerQueue.add(writeIssuerKey(issuer.key));
    },
    onGone: (key) => directory.remove(key),
  });
  /** The request is finished or gone. */
  const leave = (key: RequestKey, uid: string, isGone: boolean): void => {
    lanes.forget(key);
    // What finishes it just now tidies up by itself, and still needs what is remembered.
    if (requestQueue.drop(describeKey(key)) && !isGone) return;
    memories.forget(uid);
    guard.forget(uid);
    directory.release(key);
    admission.leave(key);
  };
  const requestWatch = watchRequests({
    transport,
    clock,
    logger,
    group,
    onChange: (key, request) => {
      if (request.isTerminal) return leave(key, request.uid, false);
      lanes.learn(key, request);
      requestQueue.add(describeKey(key));
    },
    onGone: (key, { uid }) => leave(key, uid, true),
  });

  const handleIssuer = async (text: string): Promise<HandleResult> => {
    const afterMs = await reconcileIssuer(readIssuerKey(text), stages.answers);
    if (afterMs === undefined) return 'success';
    issuerQueue.addAfter(text, afterMs);
    return 'requeue_after';
  };
  const handleRequest = async (text: string): Promise<HandleResult> => {
    if (!issuerWatch.hasSynced) {
      requestQueue.addAfter(text, startupMs);
      return 'requeue_after';
    }
    const key = readRequestKey(text);
    const look = await reconcileRequest(key, stages.answers);
    // What was broken off is no news.
    if (stages.answers.aborted && look.outcome.kind === 'retry') return 'error';
    const next = await publishOutcome(key, look, stages.writes);
    if (next === 'forget') requestQueue.forget(text);
    else requestQueue.addAfter(text, next.afterMs);
    return look.outcome.kind === 'retry' || look.outcome.kind === 'parked' ? 'error' : next === 'forget' ? 'success' : 'requeue_after';
  };
  const server = await startHealthServer({
    probes: settings.healthProbeBindAddress,
    metrics: settings.metricsBindAddress,
    metricsText: () => metrics.text(),
    lastContactAt: () => requestWatch.lastContactAt,
    live: [leaderSane({ leads: () => work.isGoingOn, holds: () => leadership.holds(), monotonicMs })],
    isReady: () => !stages.stopping.aborted && issuerWatch.hasSynced && requestWatch.hasSynced,
    clock,
    logger,
  });

  const watches = [issuerWatch.run(stages.writes), requestWatch.run(stages.writes)];
  const pool = { clock, logger, metrics, signal: stages.stopping };
  const run = async (): Promise<void> => {
    work.isGoingOn = true;
    const issuers = runWorkers({ ...pool, name: 'issuer', queue: issuerQueue, count: issuerWorkers, handle: handleIssuer });
    const requestsDone = runWorkers({ ...pool, name: 'certificaterequest', queue: requestQueue, count: requestWorkers, handle: handleRequest });
    await Promise.all([issuers, requestsDone]);
  };

  const live = async (): Promise<'in order' | 'lease lost'> => {
    const how = await whileLeading(leadership, stages, run);
    work.isGoingOn = false;
    await Promise.all(watches);
    if (how === 'in order') await leadership.release();
    for (const queue of [requestQueue, issuerQueue]) queue.shutDown();
    authority.close();
    await Promise.all([server.close(), transport.close()]);
    logger.info('pca-issuer stopped');
    return how;
  };
  return { stopped: live() };
}

/** Works once this process leads, until it is told to stop or another one may lead; the lease is kept while work ends. */
async function whileLeading(leadership: Leadership, stages: Stages, work: () => Promise<void>): Promise<'in order' | 'lease lost'> {
  if (!(await leadership.acquire(stages.stopping))) {
    stages.finish();
    return 'in order';
  }
  const worked = new AbortController();
  const working = work().finally(() => worked.abort());
  const kept = await leadership.keep(worked.signal);
  stages.finish();
  await working;
  return kept === 'lost' ? 'lease lost' : 'in order';
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
