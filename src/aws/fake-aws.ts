// AWS for tests of this room: one loopback server that answers each operation as its test wrote down.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Behaviour =
  | { readonly kind: 'answer'; readonly body: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  /** The request is read, then the connection is cut. */
  | { readonly kind: 'reset' }
  /** The request is read and never answered. */
  | { readonly kind: 'hang' }
  /** Half an answer, then silence. */
  | { readonly kind: 'stall' }
  /** An answer that ends in the middle of its body. */
  | { readonly kind: 'truncate' };

export interface FakeCall {
  readonly operation: string;
  /** JSON text for PCA, a form for STS. */
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface FakeAws {
  readonly url: string;
  readonly calls: readonly FakeCall[];
  /** The next calls of `operation` are answered so, one each; the last one stands for all that follow. */
  script(operation: string, ...behaviours: Behaviour[]): void;
  close(): Promise<void>;
}

export function json(value: unknown, status = 200): Behaviour {
  return { kind: 'answer', status, body: JSON.stringify(value), headers: { 'x-amzn-requestid': 'test-request' } };
}

export function awsError(name: string, message = 'so it is', status = 400): Behaviour {
  return json({ __type: name, message }, status);
}

/** What STS answers to AssumeRole and AssumeRoleWithWebIdentity. */
export function stsSession(operation: string, accessKeyId: string, expiration: Date): Behaviour {
  const credentials = `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session-of-${accessKeyId}</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials>`;
  const body = `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${credentials}</${operation}Result></${operation}Response>`;
  return { kind: 'answer', body, headers: { 'content-type': 'text/xml' } };
}

export function stsError(name: string, message: string, status = 403): Behaviour {
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`;
  return { kind: 'answer', status, body, headers: { 'content-type': 'text/xml' } };
}

export async function startFakeAws(): Promise<FakeAws> {
  const calls: FakeCall[] = [];
  const scripts = new Map<string, Behaviour[]>();
  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    const operation = target ?? new URLSearchParams(body).get('Action') ?? '';
    calls.push({ operation, body, headers: request.headers });
    const queue = scripts.get(operation) ?? [];
    behave((queue.length > 1 ? queue.shift() : queue[0]) ?? awsError('NothingScripted'), request, response);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    script: (operation, ...behaviours) => void scripts.set(operation, behaviours),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function behave(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse): void {
  switch (behaviour.kind) {
    case 'answer':
      response.writeHead(behaviour.status ?? 200, { ...behaviour.headers });
      response.end(behaviour.body);
      return;
    case 'truncate':
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"CertificateArn":');
      setImmediate(() => request.socket.destroy());
      return;
    case 'stall':
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"CertificateArn":');
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      return;
  }
}

const environment = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * Points the SDK of this process at `url`, with `more` variables and no other AWS variable.
 * @returns a function that puts the old environment back.
 */
export function pointAt(url: string, more: Readonly<Record<string, string>>): () => void {
  const before = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_'));
  const clear = (): void => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  };
  clear();
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL_ACM_PCA: url, AWS_ENDPOINT_URL_STS: url }, more);
  return () => {
    clear();
    Object.assign(process.env, Object.fromEntries(before));
  };
}
