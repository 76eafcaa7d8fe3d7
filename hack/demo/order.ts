// Orders the `cacerts` of config/samples, and watches closely where the time goes.
import { join } from 'node:path';
import { hasCondition, type Api } from '../control-plane/api.ts';
import { readManifests, type ApiObject } from '../control-plane/api/objects.ts';
import { renew } from '../world/renew.ts';
import { account, region } from '../world/trust.ts';
import type { World } from '../world/world.ts';
import type { Step } from './present.ts';

export interface Order {
  readonly authorityArn: string;
  readonly secret: ApiObject;
  readonly steps: readonly Step[];
}

const samples = join(import.meta.dirname, '../../config/samples');
const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace: 'istio-system', name: 'cacerts' };
const request = { ...certificate, kind: 'CertificateRequest', name: 'cacerts-1' };
const secretAt = { apiVersion: 'v1', kind: 'Secret', namespace: 'istio-system', name: 'cacerts' };

/** A company's root, a subordinate for its meshes, an issuer that names it, and one Certificate. */
export async function orderCacerts({ api, emulator }: World): Promise<Order> {
  const { authorities } = await emulator.createHierarchy({
    name: 'example',
    account,
    region,
    tiers: [
      { name: 'root', keyAlgorithm: 'EC_secp384r1', commonName: 'Example Corp Root CA' },
      { name: 'mesh', keyAlgorithm: 'EC_prime256v1', commonName: 'Example Corp Mesh CA' },
    ],
  });
  const authorityArn = authorities.at(-1)?.arn ?? '';
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } });
  const [issuer] = await readManifests(join(samples, 'cluster-issuer.yaml'));
  if (issuer === undefined) throw new Error('config/samples/cluster-issuer.yaml is empty');
  await api.apply({ ...issuer, spec: { ...issuer['spec'], arn: authorityArn } });
  await api.waitFor({ apiVersion: issuer.apiVersion, kind: issuer.kind, name: issuer.metadata.name }, (object) => hasCondition(object, 'Ready'), { what: 'the issuer to be Ready' });

  const at = { applied: performance.now(), approved: 0, ordered: 0, issued: 0, ready: 0 };
  const see = (name: keyof typeof at, where: typeof certificate, isSo: (object: ApiObject) => boolean): Promise<void> =>
    api.waitFor(where, isSo, { timeoutMs: 60_000, what: `${where.kind} ${where.name} to be ${name}` }).then(() => void (at[name] = performance.now()));
  await Promise.all([
    see('approved', request, (object) => hasCondition(object, 'Approved')),
    see('ordered', request, ({ metadata }) => metadata.annotations?.['aws-privateca-issuer/certificate-arn'] !== undefined),
    see('issued', request, (object) => hasCondition(object, 'Ready')),
    see('ready', certificate, (object) => hasCondition(object, 'Ready')),
    api.apply(await readManifests(join(samples, 'certificate-cacerts.yaml'))),
  ]);
  const aws = await awsTime(emulator, authorityArn);
  const steps = [
    { what: 'cert-manager makes key and CSR, approves', ms: at.approved - at.applied },
    { what: 'AWS: calls and signing', ms: aws },
    { what: 'our own share', ms: Math.max(0, at.issued - at.approved - aws) },
    { what: 'cert-manager writes Secret cacerts', ms: Math.max(0, at.ready - at.issued) },
  ];
  return { authorityArn, secret: await mustGet(api), steps };
}

/** Milliseconds that the certificate was in AWS's hands: round trips, and the signing behind them. */
async function awsTime(emulator: World['emulator'], ca: string): Promise<number> {
  const [{ entries }, { signingMs }] = await Promise.all([emulator.journal({ ca }), emulator.settings()]);
  const calls = entries.filter(({ operation }) => operation === 'IssueCertificate' || operation === 'GetCertificate');
  return signingMs + calls.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** @returns the Secret after a renewal. */
export async function renewCacerts({ api }: World, former: ApiObject): Promise<ApiObject> {
  await renew(api, certificate.namespace, certificate.name);
  return api.waitFor(secretAt, (secret) => secret['data']['tls.crt'] !== former['data']['tls.crt'], { timeoutMs: 60_000, what: 'the renewed Secret' });
}

async function mustGet(api: Api): Promise<ApiObject> {
  const secret = await api.get(secretAt);
  if (secret === undefined) throw new Error('the Certificate is Ready without its Secret');
  return secret;
}
