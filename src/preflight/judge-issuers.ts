// Which issuers would be otherwise with pca-issuer: faulty, without credentials, or open to everybody for CA certificates?
import { caRequestsWarning, isOpenToCARequests } from '../domain/ca-requests-warning.ts';
import { judgeIssuer, type IssuerJudgement, type IssuerRules } from '../domain/issuer-config.ts';
import { describeIssuer, type Issuer, type IssuerKey } from '../domain/issuer.ts';
import { asksForCA } from '../domain/request-policy.ts';
import { isAskerOf, type Asker } from './askers.ts';
import type { Finding } from './finding.ts';

export interface IssuerContext {
  readonly rules: IssuerRules;
  readonly askers: readonly Asker[];
  /** How many there are; undefined where they could not be counted. */
  readonly namespaces: number | undefined;
}

export function judgeIssuers(issuers: readonly Issuer[], context: IssuerContext): readonly Finding[] {
  return issuers.flatMap((issuer) => {
    const judgement = judgeIssuer(issuer.key, issuer.spec, context.rules);
    const found = judgement.ok ? openToCAs(issuer.key, judgement, context) : fault(issuer, judgement.message, context.rules);
    return found === undefined ? [] : [found];
  });
}

/** How kubectl is told of it: `-n payments awspcaissuer/keys`. */
function target({ kind, namespace, name }: IssuerKey): string {
  return `${namespace === undefined ? '' : `-n ${namespace} `}patch ${kind.toLowerCase()} ${name}`;
}

function fault({ key, spec, ready }: Issuer, message: string, rules: IssuerRules): Finding {
  const about = describeIssuer(key);
  const now = ready?.status === 'True' ? 'It is Ready now. ' : 'It is not Ready now either. ';
  const foreign = foreignReference(key, spec);
  if (foreign !== undefined) {
    const { field, namespace, name } = foreign;
    return {
      kind: 'cross-namespace',
      weight: 'stops',
      about,
      what: `${now}spec.${field} names ${name} in namespace ${namespace}; an AWSPCAIssuer may use its own namespace only, so it will not be Ready`,
      todo: `create ${name} in ${key.namespace} as well and name that namespace (the old controller follows too), or make it an AWSPCAClusterIssuer`,
      command: `kubectl ${target(key)} --type merge -p '{"spec":{"${field}":{"namespace":"${key.namespace}"}}}'`,
    };
  }
  if (isAmbient(spec) && key.namespace !== undefined && !rules.allowsNamespaced && message.startsWith('empty credentials')) {
    return {
      kind: 'ambient-credentials',
      weight: 'stops',
      about,
      what: `${now}It names no credentials of its own and uses the controller's, which AWSPCAIssuers may not by default, so it will not be Ready`,
      todo: 'keep it as it is by the chart value enableIssuerAmbientCredentials: true (anyone who may create an AWSPCAIssuer then signs as the controller), or name a Secret in spec.secretRef or a ServiceAccount in spec.serviceAccountRef',
      command: undefined,
    };
  }
  return { kind: 'faulty-issuer', weight: 'stops', about, what: `${now}With pca-issuer it will not be: ${message}`, todo: 'edit the field that the sentence names', command: undefined };
}

function foreignReference(key: IssuerKey, { secretRef, serviceAccountRef }: Issuer['spec']): { readonly field: string; readonly namespace: string; readonly name: string } | undefined {
  if (key.namespace === undefined) return undefined;
  const references = [
    { field: 'secretRef', namespace: secretRef?.namespace ?? '', name: secretRef?.name ?? '' },
    { field: 'serviceAccountRef', namespace: serviceAccountRef?.namespace ?? '', name: serviceAccountRef?.name ?? '' },
  ];
  return references.find(({ namespace, name }) => name !== '' && namespace !== '' && namespace !== key.namespace);
}

function isAmbient({ secretRef, serviceAccountRef }: Issuer['spec']): boolean {
  return !secretRef?.name && serviceAccountRef === undefined;
}

function openToCAs(key: IssuerKey, { config }: Extract<IssuerJudgement, { ok: true }>, { askers, namespaces }: IssuerContext): Finding | undefined {
  if (!isOpenToCARequests(key, config)) return undefined;
  const { namespaces: named, selector } = config.requestPolicy;
  const warning = caRequestsWarning(key, { count: named?.length ?? namespaces, areAll: named === undefined && selector === undefined });
  if (warning === undefined) return undefined;
  // Today the template wins over isCA, whatever the values for pca-issuer say.
  const users = [...new Set(askers.filter((asker) => isAskerOf(key, asker) && asksForCA(asker, { ...config, overridesIsCA: true })).map(({ namespace }) => namespace))].toSorted();
  return {
    kind: 'ca-open',
    weight: 'differs',
    about: describeIssuer(key),
    what: `${warning.message}. Today ${users.length === 0 ? 'no namespace asks for one' : `these ask for one: ${users.join(', ')}`}`,
    todo: 'once the CRDs are those of pca-issuer, say who may',
    command: `kubectl ${target(key)} --type merge -p '${JSON.stringify({ spec: { requestPolicy: { caNamespaces: users } } })}'`,
  };
}
