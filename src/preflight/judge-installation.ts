// What of the installation stands between the two controllers: who runs, who holds the lease, whose CRDs are served?
import { apiGroup, issuerKinds, type IssuerKind } from '../domain/api.gen.ts';
import type { ClusterView, HeldLease, Workload } from './cluster-view.ts';
import { someOf, type Finding } from './finding.ts';

export interface InstallationContext {
  readonly leaseName: string;
  readonly now: Date;
}

const kinds = Object.keys(issuerKinds) as IssuerKind[];

export function judgeInstallation(view: ClusterView, context: InstallationContext): readonly Finding[] {
  const running = view.workloads.filter(({ replicas }) => replicas > 0);
  const peers = running.filter(({ program }) => program === 'peer');
  const ours = running.filter(({ program }) => program === 'ours');
  return [
    ...peers.flatMap((peer) => ours.filter(({ namespace }) => namespace !== peer.namespace).map((other) => twoControllers(peer, other, context))),
    ...peers.map((peer) => peerRuns(peer, view.leases, context)),
    ...view.leases.filter((lease) => isHeld(lease, context.now) && !running.some(({ namespace }) => namespace === lease.namespace)).map((lease) => leaseHeld(lease, context)),
    ...judgeSchemas(view),
    // Once ours runs, they are as somebody wants them.
    ...(ours.length === 0 ? judgeOwnership(view, peers[0]) : []),
    ...peers.filter(({ version }) => isBefore(version, 1, 10)).map(olderDates),
  ];
}

function describeWorkload({ namespace, name }: Workload): string {
  return `Deployment ${namespace}/${name}`;
}

function isHeld({ renewedAt, durationMs }: HeldLease, now: Date): boolean {
  return renewedAt !== undefined && now.getTime() - renewedAt.getTime() < Math.max(durationMs, 15_000) * 4;
}

function twoControllers(peer: Workload, ours: Workload, { leaseName }: InstallationContext): Finding {
  return {
    kind: 'two-controllers',
    weight: 'stops',
    about: describeWorkload(peer),
    what: `pca-issuer runs in namespace ${ours.namespace} at the same time. The lease ${leaseName} keeps the two apart only within one namespace, so both sign the same requests now`,
    todo: 'stop one of them at once',
    command: `kubectl -n ${peer.namespace} scale deployment ${peer.name} --replicas=0`,
  };
}

function peerRuns(peer: Workload, leases: readonly HeldLease[], { leaseName }: InstallationContext): Finding {
  const holder = leases.find(({ namespace }) => namespace === peer.namespace)?.holder;
  const held = holder === undefined ? 'nobody holds its lease' : `${holder} holds its lease`;
  return {
    kind: 'peer-runs',
    weight: 'differs',
    about: describeWorkload(peer),
    what: `aws-privateca-issuer${peer.version === '' ? '' : ` v${peer.version}`} runs with ${peer.replicas} replica${peer.replicas === 1 ? '' : 's'} as ServiceAccount ${peer.serviceAccount}; ${held}. pca-issuer waits for the same lease, ${leaseName}, in its own namespace`,
    todo: peer.release === undefined
      ? `helm does not know it: remove it, then install pca-issuer into namespace ${peer.namespace} under the same ServiceAccount name`
      : 'put pca-issuer in its place: same release, namespace, ServiceAccount and values',
    command: peer.release === undefined ? undefined : `helm upgrade ${peer.release} config/chart/pca-issuer -n ${peer.namespace} -f values.yaml --set nameOverride=${peer.nameLabel} --take-ownership`,
  };
}

function leaseHeld({ namespace, holder }: HeldLease, { leaseName }: InstallationContext): Finding {
  return {
    kind: 'lease-held',
    weight: 'stops',
    about: `Lease ${namespace}/${leaseName}`,
    what: `${holder} holds it, and no Deployment in that namespace is known to: a controller of this group runs there that pca-issuer in another namespace would not wait for`,
    todo: 'find and stop it, or install pca-issuer into that namespace',
    command: `kubectl -n ${namespace} get pods`,
  };
}

function judgeSchemas({ missingFields }: ClusterView): readonly Finding[] {
  const found: Finding[] = [];
  for (const kind of kinds) {
    const missing = missingFields.get(kind) ?? [];
    if (missing.length === 0) continue;
    found.push({
      kind: 'stale-crd',
      weight: 'differs',
      about: `CRD ${issuerKinds[kind].plural}.${apiGroup}`,
      what: `it lacks ${someOf(missing.map((field) => `spec.${field}`))}. While it does, pca-issuer makes no issuer of this kind Ready`,
      todo: 'let the chart replace it (crds.enabled: true, its default), or apply the CRDs of pca-issuer before it starts; they take every object that the old ones take',
      command: 'kubectl apply --server-side --force-conflicts -f config/default/crds.yaml',
    });
  }
  return found;
}

function judgeOwnership({ crds }: ClusterView, peer: Workload | undefined): readonly Finding[] {
  const free = crds.filter(({ owner }) => owner === undefined).map(({ name }) => name);
  if (free.length === 0) return [];
  const names = free.join(' ');
  const [release, namespace] = [peer?.release ?? 'aws-privateca-issuer', peer?.namespace ?? 'aws-privateca-issuer'];
  return [
    {
      kind: 'crd-ownership',
      weight: 'differs',
      about: `CRD ${free.join(', ')}`,
      what: 'no release of helm owns it, since helm installs the folder crds/ of a chart without owning it. helm refuses to upgrade or install pca-issuer over it unless told to take it',
      todo: 'give --take-ownership (helm 3.17 and later), or mark it as the release\'s yourself',
      command: `kubectl label crd ${names} app.kubernetes.io/managed-by=Helm && kubectl annotate crd ${names} meta.helm.sh/release-name=${release} meta.helm.sh/release-namespace=${namespace}`,
    },
  ];
}

function olderDates(peer: Workload): Finding {
  return {
    kind: 'older-dates',
    weight: 'differs',
    about: describeWorkload(peer),
    what: `up to v1.9 certificates begin an hour before they are asked for, as AWS has it; with pca-issuer, as with aws-privateca-issuer from v1.10 on, 15 minutes before`,
    todo: 'nothing, or set spec.notBeforeOffset: 1h on the issuers once the CRDs are those of pca-issuer',
    command: undefined,
  };
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [, ...parts] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const [foundMajor, foundMinor] = parts.map(Number);
  return foundMajor !== undefined && foundMinor !== undefined && (foundMajor < major || (foundMajor === major && foundMinor < minor));
}
