// The steady load: so many requests a second, whatever becomes of them; those that are finished are deleted in the end.
import type { Api } from '../control-plane/api.ts';
import type { ApiObject, Condition } from '../control-plane/api/objects.ts';
import { makeCsr } from '../../src/pki/test-certificates.ts';
import { encode } from '../control-plane/api/secret-data.ts';
import { namespace, type IssuerRef } from './arena.ts';

export interface LoadOptions {
  readonly api: Api;
  readonly issuers: readonly IssuerRef[];
  readonly perSecond: number;
  /** What names begin with, where several loads run; `soak` unless told. */
  readonly prefix?: string | undefined;
  /** How many finished requests stay. */
  readonly keep: number;
  /** How long it is followed at most, in milliseconds. */
  readonly followMs: number;
}

export interface Load {
  readonly counts: { readonly created: number; readonly issued: number; readonly failed: number; readonly deleted: number; readonly refused: number };
  /** From creation to the outcome, in seconds. */
  readonly latencies: readonly number[];
  /** What the requests that failed said, and the API server when it did not take one; the first few. */
  readonly complaints: readonly string[];
  pending(): { readonly count: number; readonly oldestSeconds: number; readonly names: readonly string[] };
  /** No more are created; those that there are are followed on. */
  stop(): void;
}

const apiVersion = 'cert-manager.io/v1';
const kind = 'CertificateRequest';

/** Begins at once. */
export function startLoad({ api, issuers, perSecond, prefix = 'soak', keep, followMs }: LoadOptions): Load {
  const counts = { created: 0, issued: 0, failed: 0, deleted: 0, refused: 0 };
  const latencies: number[] = [];
  const complaints: string[] = [];
  const open = new Map<string, number>();
  const finished: string[] = [];
  const complain = (text: string): void => void (complaints.length < 10 && complaints.push(text));

  const create = async (serial: number): Promise<void> => {
    const request = requestOf(prefix, serial, issuers);
    const { name = '' } = request.metadata;
    open.set(name, Date.now());
    try {
      await api.create(request);
      counts.created += 1;
    } catch (error) {
      open.delete(name);
      counts.refused += 1;
      complain(`${name} could not be created: ${String(error)}`);
    }
  };

  const remove = async (name: string): Promise<void> => {
    await api.remove({ apiVersion, kind, namespace, name }).then(() => void (counts.deleted += 1), (error: unknown) => complain(`${name} could not be deleted: ${String(error)}`));
  };

  const note = (object: ApiObject): boolean => {
    const { name = '' } = object.metadata;
    const since = open.get(name);
    const ready = ((object['status']?.conditions ?? []) as readonly Condition[]).find(({ type }) => type === 'Ready');
    if (since === undefined || !['Issued', 'Failed', 'Denied'].includes(ready?.reason ?? '')) return false;
    open.delete(name);
    latencies.push((Date.now() - since) / 1_000);
    if (ready?.reason === 'Issued') counts.issued += 1;
    else {
      counts.failed += 1;
      complain(`${name} is ${ready?.reason}: ${ready?.message}`);
    }
    finished.push(name);
    const oldest = finished.length > keep ? finished.shift() : undefined;
    if (oldest !== undefined) void remove(oldest);
    return false;
  };

  let serial = 0;
  const timer = setInterval(() => void create(serial++), 1_000 / perSecond);
  // It ends with the connection.
  api.waitFor({ apiVersion, kind, namespace }, note, { timeoutMs: followMs }).catch(() => undefined);

  return {
    counts,
    latencies,
    complaints,
    pending() {
      const [first] = open.values();
      return { count: open.size, oldestSeconds: first === undefined ? 0 : (Date.now() - first) / 1_000, names: [...open.keys()] };
    },
    stop: () => clearInterval(timer),
  };
}

/** Every fifth is an intermediate CA, and the issuers take turns. */
function requestOf(prefix: string, serial: number, issuers: readonly IssuerRef[]): ApiObject {
  const name = `${prefix}-${String(serial).padStart(6, '0')}`;
  const isCA = serial % 5 === 0;
  const sans = isCA ? {} : { sans: [{ kind: 'dns' as const, value: `${name}.soak.example` }] };
  const { pem } = makeCsr({ subject: name, ...sans });
  const spec = {
    request: encode(pem),
    isCA,
    usages: isCA ? ['digital signature', 'cert sign', 'crl sign'] : ['digital signature', 'server auth'],
    duration: isCA ? '2160h' : '24h',
    issuerRef: issuers[serial % issuers.length],
  };
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}
