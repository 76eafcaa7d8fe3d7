// Who hangs from a certificate? Whoever mounts its Secret, and the cert-manager issuers that sign with it.
import type { Ask } from '../domain/ask.ts';
import { list, record, text, type Json } from '../domain/json.ts';

export interface Dependents {
  /** Names of Pods that mount the Secret. */
  readonly pods: readonly string[];
  /** cert-manager's CA issuers that sign with it, such as `Issuer mesh`. */
  readonly issuers: readonly string[];
  /** Certificates that name one of those issuers. */
  readonly certificates: readonly string[];
  /** What could not be looked at, a sentence each. */
  readonly notes: readonly string[];
}

export const nobody: Dependents = { pods: [], issuers: [], certificates: [], notes: [] };

/** All lists of one namespace, and the cluster's CA issuers, which may read their Secret from there. */
export async function findDependents(ask: Ask, namespace: string, secretName: string): Promise<Dependents> {
  const notes: string[] = [];
  const lookUp = async (what: string, path: string): Promise<readonly Json[]> => {
    const answer = await ask(path);
    if (answer === 'absent') return [];
    if (answer.ok) return list(record(answer.value)['items']).map(record);
    notes.push(`${what} could not be looked at: ${answer.failure.message}`);
    return [];
  };
  const certManager = '/apis/cert-manager.io/v1';
  const [pods, issuers, clusterIssuers, certificates] = await Promise.all([
    lookUp(`Pods in ${namespace}`, `/api/v1/namespaces/${namespace}/pods`),
    lookUp(`Issuers in ${namespace}`, `${certManager}/namespaces/${namespace}/issuers`),
    lookUp('ClusterIssuers', `${certManager}/clusterissuers`),
    lookUp(`Certificates in ${namespace}`, `${certManager}/namespaces/${namespace}/certificates`),
  ]);
  const signs = (issuer: Json): boolean => text(record(record(issuer['spec'])['ca'])['secretName']) === secretName;
  const own = issuers.filter(signs).map(nameOf);
  // Where cert-manager looks for a ClusterIssuer's Secret is a flag of its own; the same name is a hint worth telling.
  const wide = clusterIssuers.filter(signs).map(nameOf);
  return {
    pods: pods.filter((pod) => mounts(pod, secretName)).map(nameOf),
    issuers: [...own.map((name) => `Issuer ${name}`), ...wide.map((name) => `ClusterIssuer ${name} (if its Secret is the one of ${namespace})`)],
    certificates: certificates.filter((each) => isBelow(each, own)).map(nameOf),
    notes,
  };
}

function mounts(pod: Json, secretName: string): boolean {
  return list(record(pod['spec'])['volumes']).map(record).some((volume) => {
    const projected = list(record(volume['projected'])['sources']).map((source) => text(record(record(source)['secret'])['name']));
    return text(record(volume['secret'])['secretName']) === secretName || projected.includes(secretName);
  });
}

function isBelow(certificate: Json, issuers: readonly string[]): boolean {
  const ref = record(record(certificate['spec'])['issuerRef']);
  const isIssuer = ['', 'Issuer'].includes(text(ref['kind'])) && ['', 'cert-manager.io'].includes(text(ref['group']));
  return isIssuer && issuers.includes(text(ref['name']));
}

function nameOf(object: Json): string {
  return text(record(object['metadata'])['name']);
}
