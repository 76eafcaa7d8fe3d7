// Verdicts on what was issued. They come from hack/check (Go's crypto/x509, as istiod uses it), never from src/pki.
import assert from 'node:assert/strict';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { judge, type JudgeOptions, type Verdict } from '../../hack/control-plane/check.ts';

type Data = { readonly data: Record<string, string> };

function dataOf(secret: ApiObject): Data {
  return { data: secret['data'] as Record<string, string> };
}

async function assertVerdict(data: Data, options: JudgeOptions): Promise<Verdict> {
  const verdict = await judge(data, options);
  const failed = verdict.checks.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
  assert.ok(verdict.holds, `hack/check refuses:\n${failed.join('\n')}`);
  return verdict;
}

/** The Secret is one that istiod takes: key, chain, root, path length 0, canonical bytes, and a workload leaf that verifies. */
export function assertIstioCa(secret: ApiObject, { renewedFrom, pathLength = 0 }: { readonly renewedFrom?: ApiObject; readonly pathLength?: number } = {}): Promise<Verdict> {
  const former = renewedFrom === undefined ? {} : { renewedFrom: dataOf(renewedFrom) };
  return assertVerdict(dataOf(secret), { profile: 'istio-ca', pathLength, ...former });
}

export function assertLeaf(secret: ApiObject, options: Omit<JudgeOptions, 'profile'> = {}): Promise<Verdict> {
  return assertVerdict(dataOf(secret), { profile: 'leaf', ...options });
}

/** The same for the result of a CertificateRequest, whose key stays with its maker. */
export function assertRequestLeaf(request: ApiObject, options: Omit<JudgeOptions, 'profile'> = {}): Promise<Verdict> {
  const { certificate, ca } = request['status'] as { certificate: string; ca: string };
  return assertVerdict({ data: { 'tls.crt': certificate, 'ca.crt': ca } }, { profile: 'leaf', ...options });
}

/** The same for a request for an intermediate CA. */
export function assertRequestAuthority(request: ApiObject): Promise<Verdict> {
  const { certificate, ca } = request['status'] as { certificate: string; ca: string };
  return assertVerdict({ data: { 'tls.crt': certificate, 'ca.crt': ca } }, { profile: 'istio-ca' });
}

/** @returns how many certificates tls.crt holds. */
export function partsOf(secret: ApiObject): { readonly chainLength: number } {
  return { chainLength: textOf(secret, 'tls.crt').split('-----BEGIN CERTIFICATE-----').length - 1 };
}
