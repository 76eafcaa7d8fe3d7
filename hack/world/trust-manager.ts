// A real trust-manager as a process, with the rights and the CRDs of its chart. Its validating webhook is left out: it answers at a
// Service, which no API server reaches here.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Api } from '../control-plane/api.ts';
import { parseManifests, type ApiObject } from '../control-plane/api/objects.ts';
import { killProcesses, startProcess, untilReady } from '../control-plane/cluster/host-process.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import { helmEnvironment } from '../control-plane/helm-environment.ts';
import { besideProgram, ensurePrograms, programVersion } from '../control-plane/programs.ts';
import { writeServiceAccountKubeconfig } from '../control-plane/service-account.ts';

const run = promisify(execFile);
const account = { namespace: 'cert-manager', name: 'trust-manager' } as const;
const webhookTls = 'trust-manager-tls';

/** @param directory where its log, identity and kubeconfig lie. */
export async function startTrustManager(api: Api, directory: string): Promise<AsyncDisposable> {
  const { 'trust-manager': command, helm } = await ensurePrograms(['trust-manager', 'helm']);
  const objects = await render(helm, besideProgram(command, 'chart'));
  const left = new Set(['Deployment', 'ValidatingWebhookConfiguration', 'Service']);
  await api.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: account.namespace } }, ...objects.filter(({ kind }) => !left.has(kind))]);
  const [kubeconfig, certificates, [probes = 0, webhook = 0]] = await Promise.all([
    writeServiceAccountKubeconfig(api, join(directory, 'kubeconfigs', account.name), account),
    writeWebhookCertificate(directory, objects),
    freePorts(2),
  ]);
  const started = startProcess({
    directory,
    name: account.name,
    command,
    args: [
      `--kubeconfig=${kubeconfig}`, '--leader-elect=false', `--trust-namespace=${account.namespace}`, '--metrics-port=0',
      `--readiness-probe-port=${probes}`, '--webhook-host=127.0.0.1', `--webhook-port=${webhook}`, `--webhook-certificate-dir=${certificates}`,
    ],
  });
  await untilReady(started, async () => (await fetch(`http://127.0.0.1:${probes}/readyz`)).ok);
  return { [Symbol.asyncDispose]: () => killProcesses([started]) };
}

/** What `helm install` would apply; the public CAs of Debian come with an image, and are left out. */
async function render(helm: string, chart: string): Promise<readonly ApiObject[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'trust-manager-'));
  try {
    const env = helmEnvironment(scratch);
    const values = ['app.webhook.tls.helmCert.enabled=true', 'defaultPackage.enabled=false', 'crds.enabled=true'].flatMap((value) => ['--set', value]);
    return parseManifests((await run(helm, ['template', account.name, chart, '-n', account.namespace, '--kube-version', programVersion('kube-apiserver'), ...values], { env, maxBuffer: 16 << 20 })).stdout);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function writeWebhookCertificate(directory: string, objects: readonly ApiObject[]): Promise<string> {
  const data = (objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === webhookTls)?.['data'] ?? {}) as Readonly<Record<string, string>>;
  const folder = join(directory, 'trust-manager-tls');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const file of ['tls.crt', 'tls.key']) await writeFile(join(folder, file), Buffer.from(data[file] ?? '', 'base64'), { mode: 0o600 });
  return folder;
}
