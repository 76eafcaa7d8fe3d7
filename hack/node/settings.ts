// With which settings do the programs of a node run? What is unusual here is so that they leave the machine alone.
import { containerdSocket, network, nodeName, runFolder } from './layout.ts';

export const pauseImage = 'localhost/pca-issuer-pause:1';

/** @param folder  where the node keeps its files */
export function containerdSettings(folder: string): string {
  const runtime = `plugins.'io.containerd.cri.v1.runtime'`;
  return `version = 3
root = '${folder}/containerd'
state = '${runFolder}/containerd'

[grpc]
  address = '${containerdSocket}'

[plugins.'io.containerd.internal.v1.opt']
  path = '${folder}/containerd-opt'

[plugins.'io.containerd.nri.v1.nri']
  disable = true

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${pauseImage}'

[${runtime}]
  # Without CAP_SYS_RESOURCE a process may not be given a lower score than ours, and runc fails with "can't get final child's PID".
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true

[${runtime}.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[${runtime}.containerd.runtimes.runc.options]
  Root = '${runFolder}/runc'
  SystemdCgroup = false

[${runtime}.cni]
  bin_dirs = ['/usr/lib/cni']
  conf_dir = '${folder}/cni'
`;
}

export function podNetwork(folder: string): object {
  const addresses = { type: 'host-local', dataDir: `${folder}/addresses`, ranges: [[{ subnet: network.pods }]], routes: [{ dst: '0.0.0.0/0' }] };
  return {
    cniVersion: '1.0.0',
    name: 'pca-issuer',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isGateway: true, hairpinMode: true, ipam: addresses },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

/** @param caFile  who signs the certificates of those who may ask the kubelet */
export function kubeletSettings(folder: string, caFile: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: network.inside,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: caFile } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    clusterDNS: [network.inside],
    clusterDomain: 'cluster.local',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    failCgroupV1: false,
    failSwapOn: false,
    // Images are brought in by hand: nothing could bring them back.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    podLogsDir: `${folder}/pod-logs`,
    readOnlyPort: 0,
    resolvConf: '',
    seccompDefault: true,
    volumePluginDir: `${folder}/volume-plugins`,
  };
}

export function kubeProxySettings(kubeconfig: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    bindAddress: network.inside,
    clientConnection: { kubeconfig },
    clusterCIDR: network.pods,
    // 0: leave the sysctls of the machine as they are.
    conntrack: { maxPerCore: 0, min: 0, tcpCloseWaitTimeout: '0s', tcpEstablishedTimeout: '0s' },
    healthzBindAddress: '127.0.0.1:10256',
    hostnameOverride: nodeName,
    metricsBindAddress: '127.0.0.1:10249',
    mode: 'iptables',
  };
}

export function dnsSettings(kubeconfig: string): string {
  return `.:53 {
  bind ${network.inside}
  errors
  cache 5
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig}
  }
}
`;
}
