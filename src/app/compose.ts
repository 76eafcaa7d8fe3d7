// Builds the controller process: which adapter answers which port, and in which order all of it begins and ends.
import { hostname } from 'node:os';
import { makeAuthority } from '../aws/authority.ts';
import { makeLimits } from '../aws/limits.ts';
import { makeOrderGate } from '../controller/order-gate.ts';
import { group } from '../domain/issuer.ts';
import { sessionName } from '../domain/session-name.ts';
import { makeEvents } from '../kube/events.ts';
import { guardWrites } from '../kube/guard-writes.ts';
import { makeIssuers } from '../kube/issuers.ts';
import { leaseName } from '../kube/lease.ts';
import { makeNamespaces } from '../kube/namespaces.ts';
import { makeRequests } from '../kube/requests.ts';
import { makeSecrets } from '../kube/secrets.ts';
import { makeServedSchema } from '../kube/served-schema.ts';
import { makeTokens } from '../kube/service-account-token.ts';
import { makeTransport } from '../kube/transport.ts';
import { watchIssuers } from '../kube/watch-issuers.ts';
import { watchRequests } from '../kube/watch-requests.ts';
import { startHealthServer } from '../observe/health.ts';
import { leaderSane } from '../observe/health-checks.ts';
import type { EarlyServer } from '../observe/http-server.ts';
import { makeMetrics } from '../observe/metrics.ts';
import { monotonicMs, systemClock, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeControlLoops } from './control-loops.ts';
import { makeLeadership, type Leadership } from './leadership.ts';
import type { Settings } from './settings.ts';
import { makeStages, type Stages } from './shutdown.ts';
import { collectStartupGarbage } from './startup-garbage.ts';

export interface ControllerOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Answers the probes, where it is open already. */
  readonly early?: EarlyServer | undefined;
}

export interface RunningController {
  /** Resolves when everything has stopped: because it was told to, or because somebody else may lead now. */
  readonly stopped: Promise<'in order' | 'lease lost'>;
}

/** Everything has been loaded by then. */
const startedMs = 2_000;

export async function startController({ settings, logger, signal, clock = systemClock, early }: ControllerOptions): Promise<RunningController> {
  const version = process.env['PCA_ISSUER_VERSION'] ?? 'development';
  logger.info('pca-issuer starts', { version, node: process.version, settings });
  const metrics = makeMetrics();
  metrics.set('pca_issuer_build_info', 1, { version, node: process.version });
  const seen = { clock, logger, metrics };
  const stages = makeStages(signal, clock);

  const transport = makeTransport({ ...seen, kubeconfigFile: settings.kubeconfig || undefined, userAgent: `pca-issuer/${version}` });
  const leadership = makeLeadership({ settings, transport, clock, logger });
  metrics.sample('leader_election_master_status', () => [{ labels: { name: leaseName }, value: leadership.holds() ? 1 : 0 }]);
  const guarded = guardWrites(transport, leadership);
  const orders = makeOrderGate({ isStopping: () => stages.stopping.aborted, signal: stages.writes });
  const requests = orders.watchRequests(makeRequests(guarded, clock));
  const issuers = orders.watchIssuers(makeIssuers(guarded, clock));
  const events = makeEvents({ transport: guarded, clock, logger, instance: hostname() });

  const { awsIssueRate, awsGetRate, awsDescribeRate } = settings;
  const limits = makeLimits({ ...seen, rates: { IssueCertificate: awsIssueRate, GetCertificate: awsGetRate, DescribeCertificateAuthority: awsDescribeRate } });
  const processSessionName = sessionName(settings.clusterName, undefined);
  const authority = makeAuthority({ ...seen, secrets: makeSecrets(transport, clock), tokens: makeTokens(guarded, clock), processSessionName, limits, version, permit: leadership });

  const knowsIssuers = (): boolean => issuerWatch.hasSynced;
  const served = makeServedSchema({ ...seen, transport, signal: stages.stopping, onChange: (kind) => loops.checkAll(kind) });
  const loops = makeControlLoops({ ...seen, settings, requests, issuers, namespaces: makeNamespaces(transport, clock), served, events, authority, limits, orders, stages, knowsIssuers });
  const issuerWatch = watchIssuers({
    ...seen,
    transport,
    namespaces: settings.watchNamespaces,
    onChange: (issuer) => loops.issuerChanged(issuer),
    onGone: (key) => loops.issuerGone(key),
  });
  const requestWatch = watchRequests({
    ...seen,
    transport,
    namespaces: settings.watchNamespaces,
    group,
    onChange: (key, request) => loops.requestChanged(key, request),
    onGone: (key, request) => loops.requestGone(key, request),
  });

  const work = { isGoingOn: false };
  const server = await startHealthServer({
    ...seen,
    probes: settings.healthProbeBindAddress,
    early,
    metrics: settings.metricsBindAddress,
    metricsText: () => metrics.text(),
    lastContactAt: () => requestWatch.lastContactAt,
    live: [leaderSane({ leads: () => work.isGoingOn, holds: () => leadership.holds(), monotonicMs })],
    isReady: () => !stages.stopping.aborted && issuerWatch.hasSynced && requestWatch.hasSynced,
  });

  clock.after(startedMs, collectStartupGarbage);
  const watches = [issuerWatch.run(stages.writes), requestWatch.run(stages.writes)];
  const live = async (): Promise<'in order' | 'lease lost'> => {
    const how = await whileLeading(leadership, stages, () => {
      work.isGoingOn = true;
      return loops.run();
    });
    work.isGoingOn = false;
    await Promise.all(watches);
    if (how === 'in order') await leadership.release();
    loops.shutDown();
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
