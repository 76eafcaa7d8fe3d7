// What do e2e, the demo and the cluster itself ask of an API server? Everything is JSON, waiting is watching.
import { isNotFound } from './api/api-error.ts';
import type { ApiObject, Condition } from './api/objects.ts';
import { makePathOf, type Where } from './api/resource-paths.ts';
import { openTransport, type AdminFiles, type Call } from './api/transport.ts';
import { makeWait, type WaitOptions } from './api/wait.ts';
import { follow } from './api/watch.ts';

export interface Selectors {
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

export interface Api {
  readonly server: string;
  readonly caPem: string;
  /** One raw call. @returns the parsed answer. @throws ApiError for 400 and above */
  request<T = unknown>(call: Call): Promise<T>;
  /** The path of an object, or of a collection. @throws Error when the server knows no such kind */
  pathOf(where: Where): Promise<string>;
  /** @returns undefined when it does not exist. */
  get<T extends ApiObject = ApiObject>(where: Where): Promise<T | undefined>;
  list<T extends ApiObject = ApiObject>(where: Where, selectors?: Selectors): Promise<readonly T[]>;
  /** @throws ApiError 409 when it exists. */
  create<T extends ApiObject>(object: T): Promise<T>;
  /** Server-side apply: namespaces and CRDs first (awaited), then the rest at once. @returns what the server made of each. */
  apply(objects: ApiObject | readonly ApiObject[]): Promise<readonly ApiObject[]>;
  /** Merge patch, of `status` or another subresource where one is named. */
  patch(where: Where, change: unknown, subresource?: string): Promise<ApiObject>;
  /** Deletes; what is gone already is fine. */
  remove(where: Where): Promise<void>;
  /** A fresh token (TokenRequest). Without audiences it is one for the API server. */
  token(namespace: string, serviceAccount: string, options?: { readonly audiences?: readonly string[]; readonly expirationSeconds?: number }): Promise<string>;
  /** Waits, by watch, until the named object, or any of the collection, satisfies. @throws Error with what was seen last */
  waitFor<T extends ApiObject = ApiObject>(where: Where, satisfies: (object: T) => boolean, options?: WaitOptions): Promise<T>;
  /** Each state of a named object from now on; undefined while it does not exist. Ends when the signal does, or the connection is closed. */
  states<T extends ApiObject = ApiObject>(where: Where, signal: AbortSignal): AsyncGenerator<T | undefined>;
  /** Waits, by watch, until a named object does not exist. */
  waitForGone(where: Where, options?: WaitOptions): Promise<void>;
  close(): Promise<void>;
}

const fieldManager = 'pca-issuer-hack';

/** Connects to a control plane of ours as its admin, or to whatever a kubeconfig's current context names. */
export async function connect(target: AdminFiles | string): Promise<Api> {
  const transport = await openTransport(target);
  const request = async <T>(call: Call) => (await (await transport.open(call)).json()) as T;
  const pathOf = makePathOf((path) => request({ path }));
  const closed = new AbortController();

  const applyOne = async (object: ApiObject) => {
    const path = await pathOf({ ...object.metadata, apiVersion: object.apiVersion, kind: object.kind });
    return request<ApiObject>({ method: 'PATCH', path: `${path}?fieldManager=${fieldManager}&force=true`, body: object, contentType: 'application/apply-patch+yaml' });
  };

  const wait = makeWait(transport, pathOf, closed.signal);

  const api: Api = {
    server: transport.server,
    caPem: transport.caPem,
    request,
    pathOf,
    get: async <T>(where: Where) => request<T>({ path: await pathOf(where) }).catch(absent),
    async list(where, selectors = {}) {
      const query = new URLSearchParams(Object.entries(selectors).filter(([, value]) => value !== undefined));
      const { items } = await request<{ items: readonly never[] }>({ path: `${await pathOf(where)}?${query.toString()}` });
      return items.map((item: object) => ({ apiVersion: where.apiVersion, kind: where.kind, ...item })) as never;
    },
    async create(object) {
      const { apiVersion, kind, metadata } = object;
      const path = await pathOf({ apiVersion, kind, namespace: metadata.namespace ?? 'default' });
      return request({ method: 'POST', path, body: object });
    },
    async apply(objects) {
      const all = Array.isArray(objects) ? (objects as readonly ApiObject[]) : [objects as ApiObject];
      const done = new Map<ApiObject, ApiObject>();
      const waveOf = (chosen: readonly ApiObject[]) => Promise.all(chosen.map(async (object) => done.set(object, await applyOne(object))));
      await waveOf(all.filter(comesFirst));
      await Promise.all(all.filter(isCrd).map(established));
      await waveOf(all.filter((object) => !comesFirst(object)));
      return all.map((object) => done.get(object) ?? object);
    },
    async patch(where, change, subresource) {
      const path = [await pathOf(where), ...(subresource === undefined ? [] : [subresource])].join('/');
      return request({ method: 'PATCH', path, body: change, contentType: 'application/merge-patch+json' });
    },
    remove: async (where) => {
      await request({ method: 'DELETE', path: await pathOf(where) }).catch(absent);
    },
    async token(namespace, serviceAccount, { audiences, expirationSeconds } = {}) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences, expirationSeconds } };
      const { status } = await request<{ status: { token: string } }>({ method: 'POST', path, body });
      return status.token;
    },
    waitFor: <T extends ApiObject>(where: Where, satisfies: (object: T) => boolean, options: WaitOptions = {}) =>
      wait<T>(where, options, ({ object }) => (object !== undefined && satisfies(object as T) ? (object as T) : undefined)),
    async *states<T extends ApiObject>(where: Where, signal: AbortSignal) {
      const { name, ...collection } = where;
      const ends = AbortSignal.any([signal, closed.signal]);
      let isThere: boolean | undefined;
      try {
        for await (const change of follow(transport, { path: await pathOf(collection), fieldSelector: `metadata.name=${name}`, signal: ends })) {
          if (change === 'listed' && isThere !== undefined) continue;
          isThere = change !== 'listed' && change.object !== undefined;
          yield change === 'listed' ? undefined : (change.object as T | undefined);
        }
      } catch (error) {
        if (!ends.aborted) throw error;
      }
    },
    waitForGone: async (where, options = {}) => {
      const what = options.what ?? `${where.kind} ${where.name} to be gone`;
      await wait(where, { ...options, what }, ({ object, present }) => (object === undefined && present.size === 0 ? true : undefined));
    },
    close: () => {
      closed.abort();
      return transport.close();
    },
  };
  const established = (crd: ApiObject) =>
    api.waitFor({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name }, (object) => hasCondition(object, 'Established'), { what: `CRD ${crd.metadata.name} to be established` });
  return api;
}

/** Whether a condition has this status. */
export function hasCondition(object: ApiObject, type: string, status = 'True'): boolean {
  const conditions = (object['status']?.conditions ?? []) as readonly Condition[];
  return conditions.some((condition) => condition.type === type && condition.status === status);
}

const isCrd = ({ kind }: ApiObject) => kind === 'CustomResourceDefinition';
const comesFirst = (object: ApiObject) => isCrd(object) || object.kind === 'Namespace';

function absent(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
