// How is the cluster looked at? By lists and reads alone; what may not be read is told, and the rest is looked at all the same.
import { apiGroup, apiVersion, issuerKinds, type IssuerKind } from '../domain/api.gen.ts';
import type { Ask, Query } from '../domain/ask.ts';
import { readIssuer } from '../domain/issuer.ts';
import { list, record, text } from '../domain/json.ts';
import { missingByKind } from '../domain/stale-schema.ts';
import { readCertificate, readCrd, readHeldLease, readSeenRequest, readWorkload, type ClusterView } from './cluster-view.ts';

export interface Seen {
  readonly view: ClusterView;
  /** What could not be looked at, and why: a sentence each. */
  readonly blind: readonly string[];
}

const pageSize = 500;
const kinds = Object.keys(issuerKinds) as IssuerKind[];

/** @param leaseName metadata.name of the lease that both controllers take. */
export async function readCluster(ask: Ask, leaseName: string): Promise<Seen> {
  const blind: string[] = [];

  const read = async (what: string, path: string, query: Query = {}): Promise<unknown> => {
    const answer = await ask(path, query);
    if (answer === 'absent') {
      // Without aws-privateca-issuer's CRDs there is nothing of it; without cert-manager's this is the wrong cluster.
      if (path.startsWith('/apis/cert-manager.io/')) blind.push(`${what}: this cluster has no such kind; is cert-manager installed?`);
      return undefined;
    }
    if (answer.ok) return answer.value;
    blind.push(`${what}: ${answer.failure.code}: ${answer.failure.message}`);
    return undefined;
  };

  const readAll = async <T>(what: string, path: string, narrow: (object: unknown) => T | undefined, query: Query = {}): Promise<readonly T[]> => {
    const found: T[] = [];
    let next: string | undefined;
    do {
      const page = record(await read(what, path, { ...query, limit: pageSize, continue: next }));
      found.push(...list(page['items']).map(narrow).filter((each) => each !== undefined));
      next = text(record(page['metadata'])['continue']) || undefined;
    } while (next !== undefined);
    return found;
  };

  const [issuers, certificates, requests, workloads, leases, crds, schema, namespaces] = await Promise.all([
    Promise.all(kinds.map((kind) => readAll(issuerKinds[kind].plural, `/apis/${apiGroup}/${apiVersion}/${issuerKinds[kind].plural}`, (object) => readIssuer(kind, object)))),
    readAll('certificates', '/apis/cert-manager.io/v1/certificates', readCertificate),
    readAll('certificaterequests', '/apis/cert-manager.io/v1/certificaterequests', readSeenRequest),
    readAll('deployments', '/apis/apps/v1/deployments', readWorkload),
    readAll('leases', '/apis/coordination.k8s.io/v1/leases', readHeldLease, { fieldSelector: `metadata.name=${leaseName}` }),
    Promise.all(kinds.map((kind) => read('customresourcedefinitions', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${issuerKinds[kind].plural}.${apiGroup}`))),
    read('the OpenAPI document', `/openapi/v3/apis/${apiGroup}/${apiVersion}`),
    readAll('namespaces', '/api/v1/namespaces', (object) => object),
  ]);

  return {
    view: {
      issuers: issuers.flat(),
      certificates,
      requests,
      workloads,
      leases,
      crds: crds.filter((crd) => crd !== undefined).map(readCrd),
      missingFields: schema === undefined ? new Map() : missingByKind(schema),
      namespaces: namespaces.length === 0 ? undefined : namespaces.length,
    },
    blind: [...new Set(blind)],
  };
}
