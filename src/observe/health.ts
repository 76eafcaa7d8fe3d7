// Is the process alive, and is it ready? Never whether AWS can be reached: a restart would not help.
import { monotonicMs, systemClock, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { watchEventLoop } from './event-loop.ts';
import { apiServerHeard, type HealthCheck } from './health-checks.ts';
import { startHttpServer, type Answer, type EarlyServer, type HttpServer, type Routes } from './http-server.ts';
import type { MetricsPage } from './metrics.ts';

/**
 * /livez and its older name /healthz ask `live`, /readyz asks `ready`; each check also has a path of its own.
 * 200 where all is well, else 503 with the checks that fail; `?verbose` lists every check.
 */
function healthRoutes(live: readonly HealthCheck[], ready: readonly HealthCheck[]): Routes {
  const routes: Record<string, (url: URL) => Answer> = {};
  for (const [path, checks] of [['/livez', live], ['/healthz', live], ['/readyz', ready]] as const) {
    routes[path] = (url) => report(path.slice(1), checks, url.searchParams.has('verbose'));
    for (const each of checks) routes[`${path}/${each.name}`] = () => report(each.name, [each], false);
  }
  return routes;
}

function report(name: string, checks: readonly HealthCheck[], isVerbose: boolean): Answer {
  const found = checks.map(({ name, check }) => ({ name, fault: check() }));
  const isWell = found.every(({ fault }) => fault === undefined);
  if (isWell && !isVerbose) return { status: 200, body: 'ok\n' };
  const lines = found
    .filter(({ fault }) => isVerbose || fault !== undefined)
    .map(({ name, fault }) => (fault === undefined ? `[+] ${name} ok` : `[-] ${name} failed: ${fault}`));
  return { status: isWell ? 200 : 503, body: [...lines, `${name} check ${isWell ? 'passed' : 'failed'}`, ''].join('\n') };
}

export interface HealthServerOptions {
  /** Address of the probes; `0` switches them off. */
  readonly probes: string;
  /** Answers the probes in place of a new server, where it is open already. */
  readonly early?: EarlyServer | undefined;
  /** Address of /metrics; `0` switches it off. */
  readonly metrics: string;
  readonly metricsText: MetricsPage['text'];
  /** When the API server was last heard of, in epoch milliseconds. */
  readonly lastContactAt: () => number | undefined;
  /** The configuration is valid and every cache has synced. */
  readonly isReady: () => boolean;
  /** More checks of liveness, such as `leaderSane`. */
  readonly live?: readonly HealthCheck[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface HealthServer {
  readonly probesUrl: string | undefined;
  readonly metricsUrl: string | undefined;
  close(): Promise<void>;
}

/** Serves the probes and, on a server of its own, /metrics. @throws Error with a sentence, where one cannot listen. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { isReady, lastContactAt, metricsText, clock, logger } = options;
  const loop = watchEventLoop({ clock: systemClock, monotonicMs, logger });
  const live = [{ name: 'ping', check: () => undefined }, loop, apiServerHeard(lastContactAt, clock), ...(options.live ?? [])];
  const ready = [{ name: 'synced', check: () => (isReady() ? undefined : 'the caches have not synced yet, or the process is stopping') }];
  const opened: HttpServer[] = [];
  const close = async (): Promise<void> => {
    loop.stop();
    await Promise.all(opened.map((server) => server.close()));
  };
  try {
    const routes = healthRoutes(live, ready);
    opened.push(await (options.early?.answerWith(routes) ?? startHttpServer({ address: options.probes, routes, clock })));
    opened.push(await startMetrics(options.metrics, metricsText, clock));
  } catch (error) {
    await close();
    throw error;
  }
  const [probesUrl, metricsUrl] = opened.map(({ url }) => url);
  logger.info('probes and metrics are served', { probes: probesUrl ?? 'off', metrics: metricsUrl ?? 'off' });
  return { probesUrl, metricsUrl, close };
}

function startMetrics(address: string, text: MetricsPage['text'], clock: Clock): Promise<HttpServer> {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8';
  return startHttpServer({ address, routes: { '/metrics': async () => ({ status: 200, body: await text(), contentType }) }, clock });
}
