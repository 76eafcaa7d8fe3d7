// Who answers the kubelet while most of the program is still being loaded? A port that refuses probes makes a Warning of a start;
// this one takes them at once, and answers when it can. Its imports are few on purpose.
import { startHttpServer, type EarlyServer, type Routes } from '../observe/http-server.ts';
import { parseSettings } from './settings.ts';
import { abortOnSignal } from './shutdown.ts';

/** What a controller has before it is loaded. */
export interface EarlyStart {
  readonly probes: EarlyServer;
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal;
}

/**
 * @param heedSignals is called before the port is open: whoever finds it open may tell the process to stop.
 * @returns undefined where these are not the arguments of a controller, or are wrong: whoever reads them next says so.
 */
export function startEarly(args: readonly string[], environment: Readonly<Record<string, string | undefined>>, heedSignals = abortOnSignal): EarlyStart | undefined {
  const parsed = parseSettings(args[0] === 'controller' ? args.slice(1) : args, environment);
  if (!parsed.ok) return undefined;
  const signal = heedSignals();
  return { probes: openProbes(parsed.settings.healthProbeBindAddress), signal };
}

function openProbes(address: string): EarlyServer {
  const { promise: routes, resolve: answerWith } = Promise.withResolvers<Routes>();
  const opened = startHttpServer({ address, routes });
  opened.catch(() => undefined); // a port that is taken: the start fails with it
  return {
    answerWith: (known) => {
      answerWith(known);
      return opened;
    },
  };
}
