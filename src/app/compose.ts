// Builds the controller process: which adapter answers which port, and who wakes whom.
import { hostname } from 'node:os';
import { makeAuthority } from '../aws/authority.ts';
import { makeIssuerDirectory } from '../controller/issuer-directory.ts';
import { makePublishOutcome } from '../controller/publish-outcome.ts';
import { makeReconcileIssuer } from '../controller/reconcile-issuer.ts';
import { makeReconcileRequest } from '../controller/reconcile-request.ts';
import { makeRequestMemories } from '../controller/request-memory.ts';
import { group, issuerKinds, type IssuerKey } from '../domain/issuer.ts';
import { describeKey, type RequestKey } from '../domain/request.ts';
import { makeEvents } from '../kube/events.ts';
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
import type { Settings } from './settings.ts';

export interface ControllerOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

export interface RunningController {
  /** Resolves when everything has stopped in order. */
  readonly stopped: Promise<void>;
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
  const requests = makeRequests(transport, clock);
  const events = makeEvents({ transport, clock, logger, instance: hostname() });
  const authority = makeAuthority({ secrets: makeSecrets(transport, clock), clock, logger, metrics, version });

  const requestQueue = new WorkQueue(clock);
  const issuerQueue = new WorkQueue(clock);
  const directory = makeIssuerDirectory((request) => requestQueue.add(request));
  const memories = makeRequestMemories();
  const common = { requests, events, authority, directory, memories, clock, metrics, logger };

  const reconcileIssuer = makeReconcileIssuer({
    ...common,
    issuers: makeIssuers(transport, clock),
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
    const afterMs = await reconcileIssuer(readIssuerKey(text), signal);
    if (afterMs !== undefined) issuerQueue.addAfter(text, afterMs);
  };
  const handleRequest = async (text: string): Promise<void> => {
    if (!issuerWatch.hasSynced) return requestQueue.addAfter(text, startupMs);
    const key = readRequestKey(text);
    const next = await publishOutcome(key, await reconcileRequest(key, signal), signal);
    if (next === 'forget') requestQueue.forget(text);
    else requestQueue.addAfter(text, next.afterMs);
  };
  const server = await startHealthServer({
    probes: settings.healthProbeBindAddress,
    metrics: settings.metricsBindAddress,
    metricsText: () => metrics.text(),
    lastContactAt: () => requestWatch.lastContactAt,
    isReady: () => !signal.aborted && issuerWatch.hasSynced && requestWatch.hasSynced,
    clock,
    logger,
  });

  const running = [
    issuerWatch.run(signal),
    requestWatch.run(signal),
    runWorkers({ queue: issuerQueue, count: issuerWorkers, handle: handleIssuer, logger, metrics, signal }),
    runWorkers({ queue: requestQueue, count: requestWorkers, handle: handleRequest, logger, metrics, signal }),
  ];

  const stop = async (): Promise<void> => {
    await Promise.all(running);
    for (const queue of [requestQueue, issuerQueue]) queue.shutDown();
    authority.close();
    await Promise.all([server.close(), transport.close()]);
    logger.info('pca-issuer stopped');
  };
  return { stopped: stop() };
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
