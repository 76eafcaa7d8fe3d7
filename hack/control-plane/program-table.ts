// Which programs do the control plane, a node and the tests consist of, and what are they built from?

export interface Program {
  readonly version: string;
  /** folder of the Go module, from here */
  readonly module: string;
  readonly package: string;
  /** folder of a go.mod that stands in for the module's own: the same sources with other versions, from here */
  readonly versions?: string;
  /** linker settings beyond `-s -w` */
  readonly linked?: Readonly<Record<string, string>>;
  /** build tags */
  readonly tags?: readonly string[];
  /** files of a dependency that are kept beside the binary: name there -> module and path in it */
  readonly files?: Readonly<Record<string, { readonly module: string; readonly path: string }>>;
  /** how long a first build takes on 2 cores with cold caches */
  readonly coldSeconds: number;
}

const kubernetes = {
  version: '1.36.3',
  module: 'programs/kubernetes',
  linked: {
    'k8s.io/component-base/version.gitVersion': 'v1.36.3',
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '36',
  },
};

/** The oldest that we are tested with. */
const kubernetes134 = {
  version: '1.34.4',
  module: 'programs/kubernetes-1.34',
  linked: {
    'k8s.io/component-base/version.gitVersion': 'v1.34.4',
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '34',
  },
};

const certManagerCrds = { crds: { module: 'github.com/cert-manager/cert-manager', path: 'deploy/crds' } };

/** A module of its own, so that the control plane's programs need not be built again for a node's. */
const node = { ...kubernetes, module: 'programs/kubernetes-node' };

const containerd = {
  version: '2.2.9',
  module: 'programs/containerd',
  tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
  linked: { 'github.com/containerd/containerd/v2/version.Version': '2.2.9' },
};

export const programs = {
  etcd: { version: '3.7.3', module: 'programs/etcd', package: 'go.etcd.io/etcd/server/v3', coldSeconds: 35 },
  'kube-apiserver': { ...kubernetes, package: 'k8s.io/kubernetes/cmd/kube-apiserver', coldSeconds: 374 },
  'kube-controller-manager': { ...kubernetes, package: 'k8s.io/kubernetes/cmd/kube-controller-manager', coldSeconds: 84 },
  'kube-apiserver-1.34': { ...kubernetes134, package: 'k8s.io/kubernetes/cmd/kube-apiserver', coldSeconds: 374 },
  'kube-controller-manager-1.34': { ...kubernetes134, package: 'k8s.io/kubernetes/cmd/kube-controller-manager', coldSeconds: 84 },
  kubectl: { ...kubernetes, package: 'k8s.io/kubernetes/cmd/kubectl', coldSeconds: 38 },
  helm: { version: '3.22.0', module: 'programs/helm', package: 'helm.sh/helm/v3/cmd/helm', coldSeconds: 100 },
  'cert-manager': {
    version: '1.21.1',
    module: 'programs/cert-manager',
    package: '.',
    files: certManagerCrds,
    coldSeconds: 159,
  },
  // Without selectableFields: the API server cannot sort out the requests of other groups for us.
  'cert-manager-1.19': { version: '1.19.1', module: 'programs/cert-manager', versions: 'programs/cert-manager-1.19', package: '.', tags: ['without_backoff'], files: certManagerCrds, coldSeconds: 150 },
  istiod: {
    version: '20260827',
    module: 'programs/istiod',
    package: 'istio.io/istio/pilot/cmd/pilot-discovery',
    files: {
      'crds.yaml': { module: 'istio.io/istio', path: 'manifests/charts/base/files/crd-all.gen.yaml' },
      'charts/base': { module: 'istio.io/istio', path: 'manifests/charts/base' },
      'charts/istiod': { module: 'istio.io/istio', path: 'manifests/charts/istio-control/istio-discovery' },
    },
    coldSeconds: 335,
  },
  'aws-privateca-issuer': {
    version: '1.10.1',
    module: 'programs/aws-privateca-issuer',
    package: 'github.com/cert-manager/aws-privateca-issuer',
    linked: {
      'github.com/cert-manager/aws-privateca-issuer/pkg/api/injections.PlugInVersion': 'v1.10.1',
      'github.com/cert-manager/aws-privateca-issuer/pkg/api/injections.UserAgent': 'aws-privateca-issuer',
    },
    coldSeconds: 150,
  },
  // What a node is made of (hack/node).
  kubelet: { ...node, package: 'k8s.io/kubernetes/cmd/kubelet', coldSeconds: 110 },
  'kube-scheduler': { ...node, package: 'k8s.io/kubernetes/cmd/kube-scheduler', coldSeconds: 20 },
  'kube-proxy': { ...node, package: 'k8s.io/kubernetes/cmd/kube-proxy', coldSeconds: 30 },
  containerd: { ...containerd, package: 'github.com/containerd/containerd/v2/cmd/containerd', coldSeconds: 100 },
  'containerd-shim-runc-v2': { ...containerd, package: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2', coldSeconds: 15 },
  ctr: { ...containerd, package: 'github.com/containerd/containerd/v2/cmd/ctr', coldSeconds: 15 },
  coredns: { version: '1.12.4', module: 'programs/coredns', package: '.', coldSeconds: 100 },
  pause: { version: '1', module: 'programs/pause', package: '.', coldSeconds: 5 },
  // What others make of what we show: Prometheus, Argo CD, Flux and trust-manager.
  gitops: { version: '1', module: 'programs/gitops', package: '.', coldSeconds: 160 },
  promql: { version: '3.13.0', module: 'programs/promql', package: '.', coldSeconds: 150 },
  'trust-manager': { version: '0.25.0', module: 'programs/trust-manager', package: 'github.com/cert-manager/trust-manager/cmd/trust-manager', files: { chart: { module: 'github.com/cert-manager/trust-manager', path: 'deploy/charts/trust-manager' } }, coldSeconds: 140 },
  check: { version: '1', module: '../check', package: '.', coldSeconds: 15 },
} satisfies Record<string, Program>;
