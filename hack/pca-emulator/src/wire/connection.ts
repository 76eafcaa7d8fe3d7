// The client's end of one exchange: it can be answered, cut off, or found to have left.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

export interface Connection {
  /** Aborted when the client closes the connection before it got its answer. */
  readonly left: AbortSignal;
  send(reply: Reply): void;
  /** Resets the TCP connection: the client sees ECONNRESET and no byte of an answer. */
  reset(): void;
}

export function connectionOf(message: IncomingMessage, response: ServerResponse): Connection {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    left: gone.signal,
    send: ({ status, headers, body }) => {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    },
    reset: () => void message.socket.resetAndDestroy(),
  };
}
