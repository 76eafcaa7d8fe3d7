// The proxy as a process: `node serve.ts --port P --admin-port A --server URL --ca F --certificate F --key F`.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { parseArgs } from 'node:util';
import { answerAdmin } from './admin.ts';
import { makeProxy } from './proxy.ts';
import { openUpstream } from './upstream.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { port: text, 'admin-port': text, server: text, ca: text, certificate: text, key: text } });

function read(file: string | undefined): string {
  return readFileSync(file ?? '', 'utf8');
}

const proxy = makeProxy(openUpstream(values.server ?? '', read(values.ca)));
// As long as the API server itself keeps an idle connection, so that it is never the proxy that breaks one.
const tls = { cert: read(values.certificate), key: read(values.key), keepAliveTimeout: 90_000 };
createTlsServer(tls, (request, response) => void proxy.handle(request, response)).listen(Number(values.port), '127.0.0.1');
createServer((request, response) => void answerAdmin(proxy, request, response)).listen(Number(values['admin-port']), '127.0.0.1');
