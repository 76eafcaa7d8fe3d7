// Who keeps a mounted Secret up to date? What kubelet does for a pod, for a process outside the cluster.
import type { Api } from '../api.ts';
import { mountSecret } from './mounted-secret.ts';

export interface FollowedSecret {
  readonly folder: string;
  /** @throws what kept it from being followed, if anything did */
  stop(): Promise<void>;
}

/**
 * Mounts a Secret in a folder, as an optional volume, and each of its later states as soon as it is written: a kubelet takes up to two
 * minutes for that.
 * @returns once its state of now is there.
 */
export async function followSecret(api: Api, { namespace, name }: { readonly namespace: string; readonly name: string }, folder: string): Promise<FollowedSecret> {
  const end = new AbortController();
  const first = Promise.withResolvers<void>();
  const following = (async () => {
    let mounted: string | undefined;
    for await (const secret of api.states({ apiVersion: 'v1', kind: 'Secret', namespace, name }, end.signal)) {
      const data = (secret?.['data'] ?? {}) as Record<string, string>;
      const files = JSON.stringify(Object.entries(data).toSorted(([left], [right]) => (left < right ? -1 : 1)));
      // A kubelet leaves a volume alone whose files would be the same, as when cert-manager writes labels; else istiod would load it again.
      if (files !== mounted) await mountSecret(folder, { data });
      mounted = files;
      first.resolve();
    }
  })();
  following.catch(first.reject);
  await first.promise;
  return {
    folder,
    stop: async () => {
      end.abort();
      await following;
    },
  };
}
