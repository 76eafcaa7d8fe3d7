// Which loopback ports may a control plane use? Free ones below the range that outgoing connections take theirs from.
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';

const lowest = 20_000;
const highest = 32_000;

/** More would be needed by chance only where nearly all of them are taken. */
const mostTries = 2_000;

/**
 * @returns `count` different ports of 127.0.0.1 that nobody listens on, and that nobody else is given here while this process lives.
 * @throws Error where too few are left.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries += 1) {
    if (tries === mostTries) throw new Error(`of the ports ${lowest} to ${highest} of 127.0.0.1 hardly one is free: something here listens on thousands of them, or runs in thousands of copies`);
    const port = randomInt(lowest, highest);
    const claimed = await claim(port);
    if (claimed === undefined) continue;
    if (await isFree(port)) found.push(port);
    else claimed.close();
  }
  return found;
}

/**
 * A second or more passes until the program that is to listen does so, and others look for ports meanwhile, in other processes too. Whoever
 * holds the same port of UDP, which no program here uses, has the right to it; the kernel takes it back at the end of the process.
 * @returns undefined where somebody else has it. @throws Error where nobody could have any, as without file descriptors.
 */
function claim(port: number): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', (error: NodeJS.ErrnoException) => socket.close(() => (isTaken(error) ? resolve(undefined) : reject(error))));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (isTaken(error) ? resolve(false) : reject(error)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** EACCES: some systems keep ranges for themselves. */
function isTaken({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EADDRINUSE' || code === 'EACCES';
}
