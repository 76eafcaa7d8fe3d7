// CertificateRequests on the API server: read one, annotate it, write its outcome.
import type { Requests } from '../controller/ports.ts';
import type { RequestStatus } from '../domain/conditions.ts';
import { fail, succeed, type Result } from '../domain/failure.ts';
import { condition, readRequest, type Request, type RequestKey } from '../domain/request.ts';
import type { Clock } from '../runtime/clock.ts';
import { applyStatus, fieldManager, transitionTime, writeTime } from './apply-status.ts';
import type { KubeTransport } from './transport.ts';

const apiVersion = 'cert-manager.io/v1';

/** Of all requests in one namespace, or in every one. */
export function requestsPath(namespace: string | undefined): string {
  const scope = namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
  return `/apis/${apiVersion}/${scope}certificaterequests`;
}

/** @param clock only for the times that conditions carry. */
export function makeRequests(transport: Pick<KubeTransport, 'request'>, clock: Clock): Requests {
  return {
    async load(key, signal) {
      const answer = await transport.request({ method: 'GET', path: pathOf(key), signal });
      if (answer.ok) return read('GET certificaterequests', answer.value.body);
      return answer.failure.status === 404 ? succeed(undefined) : answer;
    },

    async annotate(request, annotations, signal) {
      const { uid, resourceVersion } = request;
      const answer = await transport.request({
        method: 'PATCH',
        path: pathOf(request.key),
        query: { fieldManager },
        body: { metadata: { uid, resourceVersion, annotations } },
        contentType: 'application/merge-patch+json',
        signal,
      });
      return answer.ok ? read('PATCH certificaterequests', answer.value.body) : answer;
    },

    async publish(request, status, signal) {
      const { key, uid, resourceVersion } = request;
      const apply = {
        apiVersion,
        kind: 'CertificateRequest',
        path: pathOf(key),
        metadata: { ...key, uid, resourceVersion },
        status: writeStatus(request, status, new Date(clock.now())),
      };
      const written = await applyStatus(transport, apply, signal);
      return written.ok ? read('PATCH certificaterequests/status', written.value) : written;
    },
  };
}

function pathOf(key: RequestKey): string {
  return `/apis/${apiVersion}/namespaces/${encodeURIComponent(key.namespace)}/certificaterequests/${encodeURIComponent(key.name)}`;
}

function writeStatus(request: Request, status: RequestStatus, now: Date): Readonly<Record<string, unknown>> {
  const lastTransitionTime = transitionTime(condition(request, 'Ready'), status.ready.status, now);
  return {
    conditions: [{ type: 'Ready', ...status.ready, lastTransitionTime }],
    ...(status.certificate === undefined ? {} : { certificate: writeBytes(status.certificate) }),
    ...(status.ca === undefined ? {} : { ca: writeBytes(status.ca) }),
    ...(status.failureTime === undefined ? {} : { failureTime: writeTime(status.failureTime) }),
  };
}

function writeBytes(pem: string): string {
  return Buffer.from(pem, 'utf8').toString('base64');
}

function read(operation: string, body: unknown): Result<Request> {
  const request = readRequest(body);
  if (request !== undefined) return succeed(request);
  return fail({ class: 'transient', code: 'UnreadableObject', message: 'the answer is no CertificateRequest', operation });
}
