// A double of istio-csr, since the program itself is not built here: what it asks of cert-manager, how it watches that, when it deletes
// it, and how a ConfigMap changes its issuer while it runs. It works under the rights that istio-csr's chart gives it.
import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect, hasCondition, type Api } from '../../hack/control-plane/api.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { decode, encode } from '../../hack/control-plane/api/secret-data.ts';
import type { Credentials } from '../../hack/control-plane/mesh/handshake.ts';
import { kubeconfigText } from '../../hack/control-plane/kubeconfig.ts';
import { makeCsr } from '../../src/pki/test-certificates.ts';
import { certManager, readyOf, type IssuerRef, type Scenario } from './scenario.ts';

export interface Answer {
  /** The request as it was when the certificate was in it. */
  readonly request: ApiObject;
  /** Leaf first, no root. */
  readonly chain: readonly X509Certificate[];
  /** From the moment before it was created to the event that brought the certificate. */
  readonly tookMs: number;
}

/** What the workload's proxy goes on with. */
export interface Signed extends Answer {
  readonly credentials: Credentials;
}

export interface WorkloadCsr {
  /** spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT */
  readonly identity: string;
  /** ztunnels of some versions leave it out. */
  readonly isSanCritical?: boolean;
}

export interface IstioCsr extends AsyncDisposable {
  /** What `istio-ca-root-cert` would hand out. */
  readonly roots: string;
  /** One call of CreateCertificate. @throws what it would refuse the workload with */
  sign(workload: WorkloadCsr): Promise<Signed>;
  /** Waits until what is signed from now on names this issuer. */
  follows(issuerRef: IssuerRef): Promise<void>;
}

/** The ConfigMap of `app.runtimeConfiguration.name`. */
export const runtimeConfiguration = 'istio-issuer';

const name = 'cert-manager-istio-csr';
const servingName = `${name}.cert-manager.svc`;

/** @param issuerRef that of its start; the ConfigMap's wins. @returns once it has its own certificate, as its readiness probe asks. */
export async function startIstioCsr(s: Scenario, issuerRef: IssuerRef): Promise<IstioCsr> {
  const { namespace } = s;
  const api = await asServiceAccount(s);
  const over = new AbortController();
  const deletions = new Set<Promise<void>>();
  let active = issuerRef;
  let changed = Promise.withResolvers<void>();
  const following = (async () => {
    for await (const state of api.states({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: runtimeConfiguration }, over.signal)) {
      active = issuerIn(state) ?? issuerRef;
      changed.resolve();
    }
  })();

  async function ask(identities: string, csr: string, usages: readonly string[]): Promise<Answer> {
    const sinceMs = performance.now();
    const spec = { request: encode(csr), duration: '1h', isCA: false, usages, issuerRef: active };
    const metadata = { generateName: 'istio-csr-', namespace, annotations: { 'istio.cert-manager.io/identities': identities } };
    const created: ApiObject = await api.create<ApiObject>({ apiVersion: certManager, kind: 'CertificateRequest', metadata, spec });
    const where = { apiVersion: certManager, kind: 'CertificateRequest', namespace, name: created.metadata.name };
    try {
      const request = await api.waitFor(where, isDecided);
      const tookMs = performance.now() - sinceMs;
      if (!isSigned(request)) throw new Error(`the request was refused: ${readyOf(request)?.message}`);
      return { request, tookMs, chain: blocksOf(decode(request['status'].certificate as string)) };
    } finally {
      // Nobody waits for it; the workload has its answer.
      const deletion = api.remove(where).finally(() => deletions.delete(deletion));
      deletions.add(deletion);
    }
  }

  const serving = makeCsr({ subject: '', sans: [{ kind: 'dns', value: servingName }], sanIsCritical: true });
  const own = await ask('istio-csr-serving', serving.pem, ['server auth']);
  const roots = decode(own.request['status'].ca as string);

  return {
    roots,
    async sign({ identity, isSanCritical = true }) {
      const csr = makeCsr({ subject: '', sans: [{ kind: 'uri', value: identity }], sanIsCritical: isSanCritical });
      const answer = await ask(identity, csr.pem, ['client auth', 'server auth']);
      const [leaf] = answer.chain;
      if (leaf?.publicKey.equals(csr.key.publicKey) !== true) throw new Error('the certificate is for another key');
      if (leaf.subjectAltName !== `URI:${identity}`) throw new Error(`the certificate is for ${leaf.subjectAltName}, not ${identity}`);
      if (!endsInRoot(answer.chain, roots)) throw new Error('the chain does not end in a root of the mesh');
      const keyPem = csr.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { ...answer, credentials: { identity, keyPem, chainPem: answer.chain.map(String).join(''), rootsPem: roots } };
    },
    async follows(wanted) {
      while (active.name !== wanted.name || active.kind !== wanted.kind) {
        changed = Promise.withResolvers<void>();
        await changed.promise;
      }
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.all([following, ...deletions]);
      await api.close();
    },
  };
}

/** What its chart allows it in the namespace of the requests, as far as it is used here. */
async function asServiceAccount({ api, namespace, world }: Scenario): Promise<Api> {
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name, namespace };
  const rules = [
    { apiGroups: ['cert-manager.io'], resources: ['certificaterequests'], verbs: ['get', 'list', 'create', 'update', 'delete', 'watch'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: [runtimeConfiguration], verbs: ['get', 'list', 'watch'] },
  ];
  await api.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
    { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: rbac, kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', name, namespace }] },
  ]);
  const folder = path.join(world.address.directory, 'kubeconfigs', namespace);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kubeconfig = path.join(folder, 'istio-csr');
  await writeFile(kubeconfig, kubeconfigText({ name, server: api.server, caPem: api.caPem, user: { token: await api.token(namespace, name) }, namespace }), { mode: 0o600 });
  return connect(kubeconfig);
}

/** All three keys are needed; anything else counts as no ConfigMap. */
function issuerIn(configMap: ApiObject | undefined): IssuerRef | undefined {
  const { 'issuer-name': issuer = '', 'issuer-kind': kind = '', 'issuer-group': group = '' } = (configMap?.['data'] ?? {}) as Readonly<Record<string, string>>;
  return [issuer, kind, group].includes('') ? undefined : { name: issuer, kind, group };
}

/** Whatever Ready says: a certificate ends its wait. */
const isSigned = (request: ApiObject): boolean => Boolean(request['status']?.certificate);
const isDecided = (request: ApiObject): boolean => isSigned(request) || hasCondition(request, 'Denied') || readyOf(request)?.reason === 'Failed';

function blocksOf(text: string): readonly X509Certificate[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) => new X509Certificate(block));
}

/** What it checks before it answers a workload: each certificate is signed by the next, the last one by a root. */
function endsInRoot(chain: readonly X509Certificate[], roots: string): boolean {
  const trusted = blocksOf(roots);
  return chain.every((certificate, index) => [chain[index + 1] ?? trusted].flat().some((issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)));
}
