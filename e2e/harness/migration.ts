// A cluster that runs aws-privateca-issuer v1.10.1 as its users do: its chart and CRDs, issuers, and requests in every state.
import { join } from 'node:path';
import { connect, type Api } from '../../hack/control-plane/api.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { down, up } from '../../hack/control-plane/cluster.ts';
import { program } from '../../hack/control-plane/programs.ts';
import { connectEmulator, type EmulatorClient } from '../../hack/pca-emulator/src/admin-client.ts';
import { startControllerProcess, type ControllerProcess } from '../../hack/world/controller-process.ts';
import { peerModule } from '../../hack/world/peer-module.ts';
import { peerAccount, peerIdentity, startPeerProcess, type PeerProcess } from '../../hack/world/peer-process.ts';
import { isSettled } from '../../hack/world/renew.ts';
import { account, ourIdentity, region, trustCluster } from '../../hack/world/trust.ts';
import { startEmulatorProcess } from '../../hack/world/world.ts';
import { openCommandLine, type CommandLine } from './helm.ts';
import { certManager, group, readyOf, type IssuerRef } from './scenario.ts';

export const release = peerAccount.name;
export const leaseOf = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: peerAccount.namespace, name: 'b858308c.awspca.cert-manager.io' } as const;

export interface Stage extends AsyncDisposable {
  readonly api: Api;
  readonly emulator: EmulatorClient;
  readonly kubeconfig: string;
  readonly shell: CommandLine;
  /** Folder of aws-privateca-issuer's chart, with its CRDs. */
  readonly peerChart: string;
  startPeer(): Promise<PeerProcess>;
  startOurs(...flags: readonly string[]): Promise<ControllerProcess>;
  /** A root and a subordinate of its own. @returns the subordinate's ARN. */
  authority(name: string): Promise<string>;
  certificate(namespace: string, name: string, issuerRef: IssuerRef, spec?: object): Promise<ApiObject>;
  /** The Secret of a Certificate once that is Ready. */
  secretOf(namespace: string, name: string): Promise<ApiObject>;
  /** The Certificate's request once its Ready condition has this reason. */
  requestOf(namespace: string, certificate: string, reason: string): Promise<ApiObject>;
}

export const clusterIssuer = (name: string): IssuerRef => ({ group, kind: 'AWSPCAClusterIssuer', name });
export const issuer = (name: string): IssuerRef => ({ group, kind: 'AWSPCAIssuer', name });

const root = join(import.meta.dirname, '../..');
const name = 'e2e-migration';

export async function openStage(): Promise<Stage> {
  const { directory, kubeconfig } = await up({ name });
  const api = await connect(kubeconfig);
  const shell = await openCommandLine(kubeconfig, root);
  const emulatorUrl = await startEmulatorProcess(directory);
  const emulator = connectEmulator(emulatorUrl);
  await trustCluster(api, emulator, [ourIdentity, peerIdentity]);
  const common = { api, directory, emulatorUrl };
  return {
    api,
    emulator,
    kubeconfig,
    shell,
    peerChart: join(await peerModule('v1.10.1'), 'charts/aws-pca-issuer'),
    startPeer: async () => startPeerProcess({ ...common, program: await program('aws-privateca-issuer'), leaderElection: true }),
    startOurs: (...flags) =>
      startControllerProcess({ ...common, form: 'bundle', identity: peerIdentity, flags: ['--leader-elect', `--leader-election-namespace=${peerAccount.namespace}`, ...flags] }),
    async authority(of) {
      const key = { keyAlgorithm: 'EC_prime256v1' } as const;
      const { authorities } = await emulator.createHierarchy({ name: of, account, region, tiers: [{ name: 'root', ...key }, { name: 'subordinate', ...key }] });
      return authorities.at(-1)?.arn ?? '';
    },
    certificate: (namespace, certificate, issuerRef, spec = {}) =>
      api.create({
        apiVersion: certManager, kind: 'Certificate', metadata: { namespace, name: certificate },
        spec: { secretName: certificate, commonName: certificate, duration: '2160h', renewBefore: '720h', usages: ['server auth'], privateKey: { algorithm: 'ECDSA', size: 256 }, issuerRef, ...spec },
      }),
    async secretOf(namespace, certificate) {
      const ready = await api.waitFor({ apiVersion: certManager, kind: 'Certificate', namespace, name: certificate }, isSettled, { what: `Certificate ${certificate} to be Ready` });
      return (await api.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: ready['spec'].secretName as string })) ?? Promise.reject(new Error(`${certificate} has no Secret`));
    },
    requestOf: (namespace, certificate, reason) =>
      api.waitFor(
        { apiVersion: certManager, kind: 'CertificateRequest', namespace },
        (object) => object.metadata.annotations?.['cert-manager.io/certificate-name'] === certificate && readyOf(object)?.reason === reason,
        { what: `a request of ${certificate} to say ${reason}` },
      ),
    async [Symbol.asyncDispose]() {
      await api.close();
      await down(name);
      await shell[Symbol.asyncDispose]();
    },
  };
}

/** Of every request that is issued, denied or failed: its version, which is another one after each write. */
export async function finished(api: Api): Promise<Readonly<Record<string, string>>> {
  const requests = (await api.list({ apiVersion: certManager, kind: 'CertificateRequest' })).filter((request) => ['Issued', 'Failed', 'Denied'].includes(readyOf(request)?.reason ?? ''));
  return Object.fromEntries(requests.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.resourceVersion ?? '']));
}

/** Name and uid of each. kubectl asks again while the API server reads what it has under new CRDs. */
export async function issuerUids(shell: CommandLine): Promise<readonly string[]> {
  const printed = await shell.type(`kubectl get awspcaclusterissuers,awspcaissuers -A -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}'`);
  return printed.trim().split('\n').toSorted();
}
