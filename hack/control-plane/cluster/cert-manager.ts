// How do cert-manager's controller and webhook run as host processes, each with the rights of its own ServiceAccount?
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Api } from '../api.ts';
import { readManifests, type ApiObject } from '../api/objects.ts';
import { besideProgram } from '../programs.ts';
import { writeServiceAccountKubeconfig } from '../service-account.ts';
import type { Credentials } from './credentials.ts';
import { startProcess, untilReady } from './host-process.ts';
import { answers } from './kubernetes.ts';

export interface CertManagerOrder {
  readonly directory: string;
  /** path of the cert-manager program, with its CRDs beside it */
  readonly program: string;
  readonly credentials: Credentials;
  readonly ports: { readonly controllerHealth: number; readonly webhook: number; readonly webhookHealth: number };
}

const rights = fileURLToPath(new URL('cert-manager.yaml', import.meta.url));
const namespace = 'cert-manager';

/** @returns CRDs, ServiceAccounts and roles, without the webhook's registration. Half a second of parsing. */
export async function readCertManagerManifests(program: string): Promise<readonly ApiObject[]> {
  const [crds, roles] = await Promise.all([readManifests(besideProgram(program, 'crds')), readManifests(rights)]);
  return [...crds, ...roles];
}

/** Starts both processes. @returns once the controllers' caches are filled and the webhook judges what is written. */
export async function startCertManager(order: CertManagerOrder, api: Api): Promise<void> {
  await Promise.all([startController(order, api), startWebhook(order, api)]);
}

async function startController({ directory, program, ports }: CertManagerOrder, api: Api): Promise<void> {
  const kubeconfig = await login(directory, api, 'cert-manager');
  const started = startProcess({
    directory,
    name: 'cert-manager',
    command: program,
    args: [
      'controller', `--kubeconfig=${kubeconfig}`, `--health-port=${ports.controllerHealth}`, `--cluster-resource-namespace=${namespace}`,
      // An hour is cert-manager's own; nobody wants to wait that long to see a second attempt.
      '--certificate-request-minimum-backoff-duration=2s', '--certificate-request-maximum-backoff-duration=4s',
    ],
  });
  await untilReady(started, () => answers(`http://127.0.0.1:${ports.controllerHealth}/readyz`));
}

async function startWebhook({ directory, program, credentials, ports }: CertManagerOrder, api: Api): Promise<void> {
  const kubeconfig = await login(directory, api, 'cert-manager-webhook');
  const started = startProcess({
    directory,
    name: 'cert-manager-webhook',
    command: program,
    args: [
      'webhook', `--kubeconfig=${kubeconfig}`, `--secure-port=${ports.webhook}`, `--healthz-port=${ports.webhookHealth}`,
      '--metrics-listen-address=0',
      `--tls-cert-file=${credentials.webhook.certificateFile}`, `--tls-private-key-file=${credentials.webhook.keyFile}`,
    ],
  });
  await untilReady(started, () => answers(`http://127.0.0.1:${ports.webhookHealth}/healthz`));
  const caBundle = (await readFile(credentials.caFile)).toString('base64');
  await api.apply(webhookRegistrations(`https://127.0.0.1:${ports.webhook}`, caBundle));
}

async function login(directory: string, api: Api, name: string): Promise<string> {
  const yearSeconds = 365 * 86_400;
  return writeServiceAccountKubeconfig(api, join(directory, 'kubeconfigs'), { namespace, name, expirationSeconds: yearSeconds });
}

function webhookRegistrations(url: string, caBundle: string): readonly ApiObject[] {
  const register = (kind: string, path: string, apiGroups: readonly string[], operations: readonly string[], resource: string): ApiObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'cert-manager-webhook' },
    webhooks: [
      {
        name: 'webhook.cert-manager.io',
        admissionReviewVersions: ['v1'],
        clientConfig: { url: url + path, caBundle },
        rules: [{ apiGroups, apiVersions: ['v1'], operations, resources: [resource] }],
        matchPolicy: 'Equivalent',
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 30,
      },
    ],
  });
  return [
    register('ValidatingWebhookConfiguration', '/validate', ['cert-manager.io', 'acme.cert-manager.io'], ['CREATE', 'UPDATE'], '*/*'),
    register('MutatingWebhookConfiguration', '/mutate', ['cert-manager.io'], ['CREATE'], 'certificaterequests'),
  ];
}
