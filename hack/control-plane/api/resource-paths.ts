// At which path does an object live? Asked from the server's discovery, once per group and version.
import { isNotFound } from './api-error.ts';

/** Names an object, or with no name a collection (of one namespace, or of all when that is left out too). */
export interface Where {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export type PathOf = (where: Where) => Promise<string>;

/**
 * @param fetchJson  GETs a path of the API server
 * @returns a function from `Where` to a path such as `/apis/cert-manager.io/v1/namespaces/a/certificates/b`. It throws
 *   Error when the server knows no such kind. A namespaced object without namespace is one of `default`.
 */
export function makePathOf(fetchJson: (path: string) => Promise<unknown>): PathOf {
  const known = new Map<string, Promise<readonly Resource[]>>();
  const discover = async (root: string) => {
    const { resources } = (await fetchJson(root)) as { resources: readonly Resource[] };
    return resources.filter(({ name }) => !name.includes('/'));
  };
  const find = async (root: string, kind: string) => {
    let resources = known.get(root);
    if (resources === undefined) {
      resources = discover(root);
      known.set(root, resources);
    }
    const found = (await resources).find((resource) => resource.kind === kind);
    return found;
  };

  return async ({ apiVersion, kind, namespace, name }) => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const attempt = () => find(root, kind).catch((error: unknown) => {
      known.delete(root);
      if (isNotFound(error)) return undefined;
      throw error;
    });
    let resource = await attempt();
    if (resource === undefined) {
      known.delete(root); // a CRD may have come since
      resource = await attempt();
    }
    if (resource === undefined) throw new Error(`the API server has no kind ${kind} in ${apiVersion}`);
    const space = namespace ?? (name === undefined ? undefined : 'default');
    const folder = resource.namespaced && space !== undefined ? `${root}/namespaces/${space}` : root;
    return [folder, resource.name, ...(name === undefined ? [] : [name])].join('/');
  };
}
