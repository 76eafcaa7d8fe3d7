// For tests: a port that refuses connections, and that nobody else is given meanwhile.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface HeldPort {
  /** Afterwards it may be listened on again. */
  release(): Promise<void>;
}

/**
 * Holds it by the near end of a connection, which listens to nobody.
 * @param letGo closes the server that listens there.
 */
export async function holdPort(port: number, letGo: () => Promise<void>): Promise<HeldPort> {
  const accepted: Socket[] = [];
  const host = '127.0.0.1';
  const farEnd = createServer((socket) => void accepted.push(socket.on('error', () => {}))).listen(0, host);
  await once(farEnd, 'listening');
  const gone = letGo();
  const nearEnd = connect({ host, port: (farEnd.address() as AddressInfo).port, localAddress: host, localPort: port });
  await once(nearEnd, 'connect');
  await gone;
  return {
    async release() {
      const closed = once(nearEnd, 'close');
      nearEnd.resetAndDestroy();
      farEnd.close();
      for (const socket of accepted) socket.destroy();
      await closed;
    },
  };
}
