// Which roots does istiod hand out to the workloads of a namespace?
import type { Api } from '../api.ts';
import type { ApiObject } from '../api/objects.ts';

/** Where istiod writes what every workload of a namespace trusts. */
export function rootsAt(namespace: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'istio-ca-root-cert' } as const;
}

/** @returns '' where there are none yet. */
export function rootsIn({ data }: ApiObject): string {
  return (data as Record<string, string> | undefined)?.['root-cert.pem'] ?? '';
}

/** @returns the ConfigMap once it holds these roots, byte by byte. */
export function untilHandedOut(api: Api, namespace: string, roots: string, what = `istiod to hand out the roots in ${namespace}`): Promise<ApiObject> {
  return api.waitFor(rootsAt(namespace), (object) => rootsIn(object) === roots, { what });
}
