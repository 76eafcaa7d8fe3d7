// Builds the controller process: which adapter answers which port, and who wakes whom.
import { hostname } from 'node:os';
import { makeAuthority } from '../aws/authority.ts';
import { makeIssuerDirectory } from '../controller/issuer-directory.ts';
import { makeOrderGate } from '../controller/order-gate.ts';
import { makePublishOutcome } from '../controller/publish-outcome.ts';
import { makeReconcileIssuer } from '../controller/reconcile-issuer.ts';
import { makeReconcileRequest } from '../controller/reconcile-request.ts';
import { makeRequestMemories } from '../controller/request-memory.ts';
import { group, issuerKinds, type IssuerKey } from '../domain/issuer.ts';
import { describeKey, type RequestKey } from '../domain/request.ts';
import { makeEvents } from '../kube/events.ts';
import { guardWrites } from '../kube/guard-writes.ts';
import { makeIssuers } from '../kube/issuers.ts';
import { makeRequests } from '../kube/requests.ts';
import { makeSecrets } from '../kube/secrets.ts';
import { makeTransport } from '../kube/transport.ts';
import { watchIssuers } from '../kube/watch-issuers.ts';
import { watchRequests } from '../kube/watch-requests.ts';
import { startHealthServer } from '../observe/health.ts';
import { makeMetrics } from '../observe/metrics.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { runWorkers } from '../runtime/worker-pool.ts';
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

const requestWorkers = 16;
const issuerWorkers = 4;
/** How often a request looks whether the issuers are known, while the process starts. */
const startupMs = 100;

export async function startController({ settings, logger, signal, clock = systemClock }: ControllerOptions): Promise<RunningController> {
  const version = process.env['PCA_ISSUER_VERSION'] ?? 'development';
  logger.info('pca-issuer starts', { version, node: process.version, settings });
  const metrics = makeMetrics();
  const transport = makeTransport({ kubeconfigFile: settings.kubeconfig || undefined, clock, logger, userAgent: `pca-issuer/${version}` });
  const stages = makeStages(signal, clock);
  const leadership = makeLeadership({ settings, transport, clock, logger });
  const guarded = guardWrites(transport, leadership);
  const orders = makeOrderGate({ isStopping: () => stages.stopping.aborted, signal: stages.writes });
  const requests = orders.watchRequests(makeRequests(guarded, clock));
  const events = makeEvents({ transport: guarded, clock, logger, instance: hostname() });
  const authority = makeAuthority({ secrets: makeSecrets(transport, clock), clock, logger, metrics, version, permit: leadership });

  const requestQueue = new WorkQueue(clock);
  const issuerQueue = new WorkQueue(clock);
  const directory = makeIssuerDirectory((request) => requestQueue.add(request));
  const memories = makeRequestMemories();
  const common = { requests, events, authority, orders, directory, memories, clock, metrics, logger };

  const reconcileIssuer = makeReconcileIssuer({
    ...common,
    issuers: orders.watchIssuers(makeIssuers(guarded, clock)),
    rules: {
      allowsCluster: settings.clusterIssuerAmbientCredentials,
      allowsNamespaced: settings.issuerAmbientCredentials,
      overridesIsCA: settings.defaultTemplateOverridesIsCa,
    },
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
  const requestWatch = watchRequests({
    transport,
    clock,
    logger,
    group,
    onChange: (key, { isTerminal }) => {
      if (!isTerminal) requestQueue.add(describeKey(key));
    },
    onGone: (key, { uid }) => {
      memories.forget(uid);
      requestQueue.add(describeKey(key));
    },
  });

  const handleIssuer = async (text: string): Promise<void> => {
    const afterMs = await reconcileIssuer(readIssuerKey(text), stages.answers);
    if (afterMs !== undefined) issuerQueue.addAfter(text, afterMs);
  };
  const handleRequest = async (text: string): Promise<void> => {
    if (!issuerWatch.hasSynced) return requestQueue.addAfter(text, startupMs);
    const key = readRequestKey(text);
    const look = await reconcileRequest(key, stages.answers);
    // What was broken off is no news.
    if (stages.answers.aborted && look.outcome.kind === 'retry') return;
    const next = await publishOutcome(key, look, stages.writes);
    if (next === 'forget') requestQueue.forget(text);
    else requestQueue.addAfter(text, next.afterMs);
  };
  const server = await startHealthServer({
    probes: settings.healthProbeBindAddress,
    metrics: settings.metricsBindAddress,
    metricsText: () => metrics.text(),
    lastContactAt: () => requestWatch.lastContactAt,
    isReady: () => !stages.stopping.aborted && issuerWatch.hasSynced && requestWatch.hasSynced,
    clock,
    logger,
  });

  const watches = [issuerWatch.run(stages.writes), requestWatch.run(stages.writes)];
  const pool = { logger, metrics, signal: stages.stopping };
  const work = async (): Promise<void> => {
    const issuers = runWorkers({ ...pool, queue: issuerQueue, count: issuerWorkers, handle: handleIssuer });
    await Promise.all([issuers, runWorkers({ ...pool, queue: requestQueue, count: requestWorkers, handle: handleRequest })]);
  };

  const run = async (): Promise<'in order' | 'lease lost'> => {
    const how = await whileLeading(leadership, stages, work);
    await Promise.all(watches);
    if (how === 'in order') await leadership.release();
    for (const queue of [requestQueue, issuerQueue]) queue.shutDown();
    authority.close();
    await Promise.all([server.close(), transport.close()]);
    logger.info('pca-issuer stopped');
    return how;
  };
  return { stopped: run() };
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
