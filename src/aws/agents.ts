// Over which connections does a call go? Kept ones, to the endpoint itself or through a proxy's tunnel.
import http, { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../runtime/clock.ts';
import { chooseProxy, type Environment, type Target } from './proxy.ts';

interface Pair {
  readonly plain: HttpAgent;
  readonly secure: HttpsAgent;
}

export type Route =
  | { readonly kind: 'open'; readonly agent: HttpAgent; /** To be told; undefined where there is none. */ readonly proxy: string | undefined }
  | { readonly kind: 'unusable'; readonly message: string };

export interface Agents {
  route(target: Target): Route;
  /** Cuts every connection, busy or idle. */
  destroy(): void;
}

/** @param connectMs until a tunnel stands, with the handshake inside it. */
export function makeAgents(environment: Environment, connectMs: number, clock: Clock): Agents {
  const pairs = new Map<string | undefined, Pair>();

  const pairOf = (proxyUrl: string | undefined): Pair => {
    const known = pairs.get(proxyUrl);
    if (known !== undefined) return known;
    const options = { keepAlive: true, ...(proxyUrl === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl } }) };
    const made = { plain: new HttpAgent(options), secure: new HttpsAgent(options) };
    if (proxyUrl !== undefined) giveUpLateTunnels(made.secure, connectMs, clock);
    pairs.set(proxyUrl, made);
    return made;
  };

  return {
    route(target) {
      const choice = chooseProxy(environment, target);
      if (choice.kind === 'unusable') return choice;
      const { plain, secure } = pairOf(choice.kind === 'proxy' ? choice.url : undefined);
      const agent = target.protocol === 'https:' ? secure : plain;
      return { kind: 'open', agent, proxy: choice.kind === 'proxy' ? choice.name : undefined };
    },
    destroy() {
      for (const { plain, secure } of pairs.values()) {
        plain.destroy();
        secure.destroy();
      }
    },
  };
}

/** Node hands a tunnel over when its handshake is done; a call that has ended by then does not close one that hangs. */
function giveUpLateTunnels(agent: HttpsAgent, connectMs: number, clock: Clock): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    let socket: Duplex | null | undefined;
    const late = clock.after(connectMs, () => socket?.destroy());
    socket = connect(options, (error, stream) => {
      late.cancel();
      callback?.(error, stream);
    });
    return socket;
  };
}

/**
 * The SDK asks an instance's metadata service over node's global agent. NODE_USE_ENV_PROXY would send that through a proxy,
 * which knows another instance's credentials or none.
 */
export function keepMetadataDirect(): void {
  http.globalAgent = new HttpAgent({ keepAlive: true, timeout: 5_000 });
}
