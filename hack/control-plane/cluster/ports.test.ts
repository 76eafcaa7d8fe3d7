import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { freePorts } from './ports.ts';

const run = promisify(execFile);

test('nobody is given a port that somebody else was given and does not listen on yet', async () => {
  const all = (await Promise.all(Array.from({ length: 20 }, () => freePorts(20)))).flat();
  assert.equal(new Set(all).size, 400); // by chance alone seven of them would be the same
});

test('a port is claimed for other processes too, and only while this one lives', async () => {
  const script = `import { freePorts } from ${JSON.stringify(new URL('ports.ts', import.meta.url).href)}; console.log(...(await freePorts(2)));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  const bind = async (port: number) => {
    const socket = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true });
    await once(socket, 'listening').finally(() => socket.close());
  };
  for (const port of stdout.split(' ').map(Number)) await bind(port);
  for (const port of await freePorts(2)) await assert.rejects(bind(port), /EADDRINUSE/);
});
