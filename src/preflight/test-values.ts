// Literals that the tests of this room start from; each test changes what it is about.
import { authorityArn, aRequest } from '../domain/test-values.ts';
import type { AwsPcaIssuerSpec } from '../domain/api.gen.ts';
import type { Issuer, IssuerKind } from '../domain/issuer.ts';
import type { Certificate, ClusterView, SeenRequest, Workload } from './cluster-view.ts';
import type { PreflightRules } from './judge-cluster.ts';

export const now = new Date('2026-11-22T12:00:00Z');

export const rules: PreflightRules = {
  issuers: { allowsCluster: true, allowsNamespaced: false, overridesIsCA: false, clusterName: '' },
  leaseName: 'the-lease',
  now,
};

export function anIssuer(title: string, spec: AwsPcaIssuerSpec = {}, isReady = true): Issuer {
  const [kind = '', path = ''] = title.split(' ');
  const [name = '', namespace] = path.split('/').toReversed();
  const ready = { status: isReady ? 'True' : 'False', reason: 'Verified', message: '', observedGeneration: undefined, lastTransitionTime: undefined };
  return { key: { kind: kind as IssuerKind, namespace, name }, uid: title, generation: 1, resourceVersion: '1', spec: { arn: authorityArn, ...spec }, ready, warnings: [], facts: undefined };
}

export function aCertificate(path: string, issuer: string, changes: Partial<Certificate> = {}): Certificate {
  const [namespace = '', name = ''] = path.split('/');
  const [kind = '', issuerName = ''] = issuer.split(' ');
  return { namespace, name, issuerRef: { group: 'awspca.cert-manager.io', kind, name: issuerName }, isCA: false, revision: 1, ...changes };
}

export function aSeenRequest(path: string, reason: string, changes: Partial<SeenRequest> = {}): SeenRequest {
  const [namespace = '', name = ''] = path.split('/');
  const ready = { type: 'Ready', status: reason === 'Issued' ? 'True' : 'False', reason, message: `it is ${reason}`, lastTransitionTime: undefined };
  return { ...aRequest({ key: { namespace, name }, isCA: false, conditions: [ready] }), hasFailureTime: false, certificate: undefined, revision: 1, ...changes };
}

export function aPeer(changes: Partial<Workload> = {}): Workload {
  return { program: 'peer', namespace: 'pki', name: 'aws-privateca-issuer', version: '1.10.1', replicas: 2, args: ['--leader-elect'], serviceAccount: 'aws-privateca-issuer', release: 'awspca', nameLabel: 'aws-privateca-issuer', ...changes };
}

export function aView(changes: Partial<ClusterView> = {}): ClusterView {
  return { issuers: [], certificates: [], requests: [], workloads: [], leases: [], crds: [], missingFields: new Map(), namespaces: 7, ...changes };
}
