// All that preflight has to say of a cluster, in the order in which people act on it. Pure.
import type { IssuerRules } from '../domain/issuer-config.ts';
import { arnAnnotation, condition } from '../domain/request.ts';
import { askersOf } from './askers.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Finding } from './finding.ts';
import { judgeAskers } from './judge-askers.ts';
import { judgeInstallation } from './judge-installation.ts';
import { judgeIssuers } from './judge-issuers.ts';
import { judgeRequests } from './judge-requests.ts';

export interface PreflightRules {
  /** As the controller will be started. */
  readonly issuers: IssuerRules;
  readonly leaseName: string;
  readonly now: Date;
}

/** How many there are of what. */
export interface Inventory {
  readonly clusterIssuers: number;
  readonly issuers: number;
  readonly certificates: number;
  readonly issued: number;
  readonly pending: number;
  /** Of the pending ones: their certificate is ordered, and is fetched after the switch, not ordered again. */
  readonly ordered: number;
  readonly failed: number;
}

export function judgeCluster(view: ClusterView, rules: PreflightRules): readonly Finding[] {
  const askers = askersOf(view);
  const issuerRules = asPeerIsTold(view, rules.issuers);
  return [
    ...judgeInstallation(view, rules),
    ...judgeIssuers(view.issuers, { rules: issuerRules, askers, namespaces: view.namespaces }),
    ...judgeAskers(askers, { issuers: view.issuers, overridesIsCA: issuerRules.overridesIsCA }),
    ...judgeRequests(view),
  ];
}

/** The same values file gives pca-issuer what it gives aws-privateca-issuer (flags of its v1.12.0). */
function asPeerIsTold({ workloads }: ClusterView, rules: IssuerRules): IssuerRules {
  const args = workloads.filter(({ program }) => program === 'peer').flatMap((peer) => peer.args.map((arg) => arg.replace(/^--?/, '')));
  return {
    ...rules,
    allowsNamespaced: rules.allowsNamespaced || args.includes('issuer-ambient-credentials=true') || args.includes('issuer-ambient-credentials'),
    allowsCluster: rules.allowsCluster && !args.includes('cluster-issuer-ambient-credentials=false'),
  };
}

export function countAll({ issuers, certificates, requests }: ClusterView): Inventory {
  const ready = requests.map((request) => ({ request, ready: condition(request, 'Ready') }));
  const pending = ready.filter((each) => each.ready?.status !== 'True' && each.ready?.reason !== 'Failed' && each.ready?.reason !== 'Denied');
  const clusterIssuers = issuers.filter(({ key }) => key.namespace === undefined).length;
  return {
    clusterIssuers,
    issuers: issuers.length - clusterIssuers,
    certificates: certificates.length,
    issued: ready.filter((each) => each.ready?.status === 'True').length,
    pending: pending.length,
    ordered: pending.filter(({ request }) => request.annotations[arnAnnotation] !== undefined).length,
    failed: ready.filter((each) => each.ready?.reason === 'Failed').length,
  };
}
