// The lease that says who leads, as an object of coordination.k8s.io on the API server.
import { integer, record, text } from '../domain/json.ts';
import type { LeaseAnswer, LeaseRecord, LeaseStore, SeenLease } from '../runtime/leader.ts';
import type { KubeResult } from './errors.ts';
import type { KubeCall, KubeResponse, KubeTransport } from './transport.ts';

/** aws-privateca-issuer's own, so that the two never work at once in one namespace (as in aws-privateca-issuer v1.12.0). */
export const leaseName = 'b858308c.awspca.cert-manager.io';

const apiVersion = 'coordination.k8s.io/v1';

export interface LeaseOptions {
  /** One that asks no permit: the lease itself is what gives it. */
  readonly transport: Pick<KubeTransport, 'request'>;
  readonly namespace: string;
  readonly name: string;
}

export function makeLease({ transport, namespace, name }: LeaseOptions): LeaseStore {
  const collection = `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  /** What the object carries beside its spec, by version, so that a PUT takes nothing away from it. */
  let known: { readonly version: string; readonly object: Readonly<Record<string, unknown>> } | undefined;

  const ask = async (call: Pick<KubeCall, 'method' | 'path' | 'body' | 'signal'>, timeoutMs: number): Promise<LeaseAnswer> => {
    const answer = await transport.request({ ...call, timeoutMs });
    if (!answer.ok) return refusalOf(call.method, answer);
    const object = record(answer.value.body);
    const lease = readLease(object);
    // Without a version nothing would guard the next write.
    if (lease.version === '') return { kind: 'failed', cause: 'the answer is no Lease' };
    known = { version: lease.version, object };
    return { kind: 'seen', lease };
  };

  return {
    name: `${namespace}/${name}`,
    read: (timeoutMs, signal) => ask({ method: 'GET', path, signal }, timeoutMs),
    write(lease, over, timeoutMs, signal) {
      const spec = writeSpec(lease);
      if (over === undefined) {
        const body = { apiVersion, kind: 'Lease', metadata: { name, namespace }, spec };
        return ask({ method: 'POST', path: collection, body, signal }, timeoutMs);
      }
      const former = known?.version === over.version ? known.object : {};
      const metadata = { ...record(former['metadata']), name, namespace, resourceVersion: over.version };
      const body = { ...former, apiVersion, kind: 'Lease', metadata, spec: { ...record(former['spec']), ...spec } };
      return ask({ method: 'PUT', path, body, signal }, timeoutMs);
    },
  };
}

function refusalOf(method: KubeCall['method'], { failure }: Extract<KubeResult<KubeResponse>, { ok: false }>): LeaseAnswer {
  if (method === 'GET' && failure.status === 404) return { kind: 'absent' };
  // Created by somebody else, changed, or gone: it has to be read again.
  if (failure.class === 'conflict') return { kind: 'conflict' };
  return { kind: 'failed', cause: `${failure.code}: ${failure.message}` };
}

function readLease(object: Readonly<Record<string, unknown>>): SeenLease {
  const spec = record(object['spec']);
  return {
    version: text(record(object['metadata'])['resourceVersion']),
    holder: text(spec['holderIdentity']),
    durationMs: (integer(spec['leaseDurationSeconds']) ?? 0) * 1_000,
    acquiredAtMs: readTime(spec['acquireTime']),
    renewedAtMs: readTime(spec['renewTime']),
    transitions: integer(spec['leaseTransitions']) ?? 0,
  };
}

function writeSpec(lease: LeaseRecord): Readonly<Record<string, unknown>> {
  return {
    holderIdentity: lease.holder,
    leaseDurationSeconds: Math.round(lease.durationMs / 1_000),
    acquireTime: writeTime(lease.acquiredAtMs),
    renewTime: writeTime(lease.renewedAtMs),
    leaseTransitions: lease.transitions,
  };
}

function readTime(value: unknown): number {
  const parsed = Date.parse(text(value));
  return Number.isNaN(parsed) ? 0 : parsed;
}

/** MicroTime: microseconds, of which our clock knows the first three digits. */
function writeTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
