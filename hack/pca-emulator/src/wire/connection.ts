// The client's end of one exchange: it can be answered, cut off, or found to have left.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

export interface Connection {
  /** Aborted when the client closes the connection before it got its answer. */
  readonly left: AbortSignal;
  send(reply: Reply): void;
  /** Resets the TCP connection: the client sees ECONNRESET and no byte of an answer. */
  reset(): void;
  /** Closes the TCP connection in good order, without a byte of an answer. */
  drop(): void;
  /** Sends half of the answer and resets the connection: the client is promised more than it gets. */
  resetMidBody(reply: Reply): void;
}

export function connectionOf(message: IncomingMessage, response: ServerResponse): Connection {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const writeHead = ({ status, headers, body }: Reply): void => void response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  return {
    left: gone.signal,
    send: (reply) => {
      writeHead(reply);
      response.end(reply.body);
    },
    reset: () => void message.socket.resetAndDestroy(),
    drop: () => void message.socket.end(),
    resetMidBody: (reply) => {
      writeHead(reply);
      const bytes = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => message.socket.resetAndDestroy());
    },
  };
}
