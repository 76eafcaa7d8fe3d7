// Could a spec have lost a field without a word? An API server drops whatever its CRD does not know when an object is written.
import { apiGroup, apiVersion, issuerKinds, specFields, type IssuerKind } from './api.gen.ts';
import { list, record } from './json.ts';
import type { Trouble } from './readiness.ts';

/**
 * @param schema of an object of one of our kinds, as the API server's OpenAPI document has it.
 * @param wanted paths below spec, each after the one above it.
 * @returns those that it would drop, without what lies below another one.
 */
export function missingFields(schema: unknown, wanted: readonly string[] = specFields): readonly string[] {
  const missing: string[] = [];
  for (const path of wanted) {
    const isBelow = missing.some((above) => path.startsWith(`${above}.`));
    if (!isBelow && !keeps(schema, ['spec', ...path.split('.')])) missing.push(path);
  }
  return missing;
}

/**
 * @param document the API server's OpenAPI document of our group.
 * @returns what the schema of each kind lacks; a kind that is not served has no entry.
 */
export function missingByKind(document: unknown): ReadonlyMap<IssuerKind, readonly string[]> {
  const schemas = Object.values(record(record(record(document)['components'])['schemas']));
  const kinds = Object.keys(issuerKinds) as IssuerKind[];
  const found = kinds.map((kind) => [kind, schemas.find((schema) => isOf(kind, schema))] as const);
  return new Map(found.flatMap(([kind, schema]) => (schema === undefined ? [] : [[kind, missingFields(schema)]])));
}

function isOf(kind: IssuerKind, schema: unknown): boolean {
  return list(record(schema)['x-kubernetes-group-version-kind']).map(record).some((each) => each['group'] === apiGroup && each['version'] === apiVersion && each['kind'] === kind);
}

/** Any missing field counts for every issuer of the kind, as what is lost leaves no trace in it. */
export function staleSchema(kind: IssuerKind, missing: readonly string[]): Trouble | undefined {
  if (missing.length === 0) return undefined;
  const crd = `${issuerKinds[kind].plural}.${apiGroup}`;
  const message = [
    `the CRD ${crd} is older than this version and lacks ${missing.map((path) => `spec.${path}`).join(', ')}:`,
    'an issuer that sets one of them has lost it without a word, and nothing is signed rather than signed without it.',
    'Upgrade the CRDs with `helm upgrade` and crds.enabled=true, or with `kubectl apply --server-side -f` and the CRDs of the release;',
    'then apply those issuers again that set such a field. This one is checked again by itself',
  ].join(' ');
  return { kind: 'not-ready', reason: 'StaleCRD', message };
}

function keeps(schema: unknown, path: readonly string[]): boolean {
  const [field, ...rest] = path;
  if (field === undefined) return true;
  const node = record(schema);
  if (node['items'] !== undefined) return keeps(node['items'], path);
  const child = record(node['properties'])[field];
  return child === undefined ? node['x-kubernetes-preserve-unknown-fields'] === true : keeps(child, rest);
}
