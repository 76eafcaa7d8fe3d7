// How a status is written: one server-side apply, guarded, under our field manager's name.
import type { Result } from '../domain/failure.ts';
import type { KubeTransport } from './transport.ts';

export const fieldManager = 'pca-issuer';

export interface StatusApply {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the object itself, without `/status`. */
  readonly path: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    /** Guards nothing on /status of kube-apiserver 1.36; it is there for the reader of an audit log. */
    readonly uid: string;
    /** The guard: a namesake always has another one. */
    readonly resourceVersion: string;
  };
  /** Everything that this manager owns: what it applied before and leaves out now is removed. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** @returns the object after the write; class `conflict` where it changed since, or is gone. */
export async function applyStatus(
  transport: Pick<KubeTransport, 'request'>,
  { path, ...object }: StatusApply,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const answer = await transport.request({
    method: 'PATCH',
    path: `${path}/status`,
    query: { fieldManager, force: true },
    body: object,
    // JSON is YAML, and the API server reads no other content type as an apply.
    contentType: 'application/apply-patch+yaml',
    signal,
  });
  return answer.ok ? { ok: true, value: answer.value.body } : answer;
}

/** metav1.Time: whole seconds, UTC. */
export function writeTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/**
 * A condition's lastTransitionTime changes only when its status does.
 * @param former the condition as it stands; undefined where there is none.
 */
export function transitionTime(
  former: { readonly status: string; readonly lastTransitionTime: Date | undefined } | undefined,
  status: string,
  now: Date,
): string {
  return writeTime(former?.status === status ? (former.lastTransitionTime ?? now) : now);
}
