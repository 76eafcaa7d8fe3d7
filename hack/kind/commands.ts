// What are docker, kind and helm told, so that a cluster of kind has our image and cert-manager?

export const clusterName = 'pca-issuer-e2e';

/** @param kubeconfig  the file that kind writes; people's own is left alone */
export const createCommand = (kubeconfig: string): readonly string[] => ['kind', 'create', 'cluster', '--name', clusterName, '--kubeconfig', kubeconfig, '--wait', '120s'];

export const loadCommand = (archive: string): readonly string[] => ['kind', 'load', 'image-archive', archive, '--name', clusterName];

export const deleteCommand = (kubeconfig: string): readonly string[] => ['kind', 'delete', 'cluster', '--name', clusterName, '--kubeconfig', kubeconfig];

/** @param version  of cert-manager, such as `1.21.1` */
export const certManagerArguments = (version: string): readonly string[] => [
  'upgrade', '--install', 'cert-manager', 'oci://quay.io/jetstack/charts/cert-manager', '--version', `v${version}`,
  '--namespace', 'cert-manager', '--create-namespace', '--set', 'crds.enabled=true', '--wait', '--timeout', '5m',
];

/** Asks for the gateways of the network that kind's nodes are in: the machine's own addresses there. */
export const gatewayCommand: readonly string[] = ['docker', 'network', 'inspect', 'kind', '--format', '{{range .IPAM.Config}}{{println .Gateway}}{{end}}'];

/** @param told  what gatewayCommand printed. @returns the IPv4 address, undefined where there is none */
export function gatewayIn(told: string): string | undefined {
  return told.split('\n').map((line) => line.trim()).find((line) => /^\d+(\.\d+){3}$/.test(line));
}
