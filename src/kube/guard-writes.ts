// Who may write to the API server? Only the leader, asked when a connection stands and nothing has been sent on it yet.
import type { Dispatcher } from 'undici';
import type { Permit } from '../runtime/leader.ts';
import type { KubeTransport } from './transport.ts';

/** @returns the same transport, whose writes are refused ('NotLeader', class conflict) unless the permit holds. */
export function guardWrites(transport: KubeTransport, permit: Permit): KubeTransport {
  return { ...transport, request: (call) => transport.request(call.method === 'GET' ? call : { ...call, permit }) };
}

const notLeader = 'NotLeader';

/** Is it the error of a call that the permit kept from being sent? */
export function isNotLeader(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === notLeader;
}

/** undici tells when a request has its connection, right before the first byte. */
export function askingFirst(permit: Permit): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (controller, context) => {
      start?.(controller, context);
      if (!permit.holds()) controller.abort(Object.assign(new Error('this process does not lead, so it writes nothing'), { code: notLeader }));
    };
    return dispatch(options, handler);
  };
}
