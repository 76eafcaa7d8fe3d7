// Are these the right bytes? A verdict on each issued request by node:crypto, and on some by hack/check.
import { createPublicKey, X509Certificate } from 'node:crypto';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { dataOf, decode } from '../../hack/control-plane/api/secret-data.ts';
import { judge } from '../../hack/control-plane/check.ts';
import type { RequestOrder } from './request-orders.ts';

/** The CAs as the emulator knows them, in PEM. */
export interface TrueChain {
  readonly root: string;
  readonly issuing: string;
}

const toleranceMs = 60_000;

/** @returns what is wrong with `status` of the request; undefined when nothing is. */
export function wrongBytes(object: ApiObject, order: RequestOrder, { root, issuing }: TrueChain): string | undefined {
  const { certificate, ca } = pemOf(object);
  if (ca !== canonical(root)) return 'ca is not the root, byte by byte';
  const blocks = certificate.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificate !== blocks.map(canonical).join('')) return 'certificate is not canonical PEM';
  const [leaf, issuer, ...more] = blocks.map((block) => new X509Certificate(block));
  if (leaf === undefined || issuer === undefined || more.length > 0) return `certificate has ${blocks.length} blocks where 2 were expected`;
  if (canonical(issuer.toString()) !== canonical(issuing)) return 'the second block is not the issuing CA';
  if (!leaf.publicKey.equals(createPublicKey(order.privateKey))) return 'the certificate is for another key';
  if (!leaf.verify(issuer.publicKey)) return 'the signature does not verify';
  if (leaf.ca !== order.isCA) return `the CA flag is ${leaf.ca}`;
  const names = order.names.map((name) => `DNS:${name}`).join(', ') || undefined;
  if (leaf.subjectAltName !== names) return `the names are ${leaf.subjectAltName}`;
  const end = Date.parse(leaf.validTo);
  const earliest = Date.parse(object.metadata.creationTimestamp ?? '') + order.durationMs - toleranceMs;
  return end >= earliest && end <= Date.now() + order.durationMs + toleranceMs ? undefined : `it ends at ${leaf.validTo}`;
}

/** The same by Go's crypto/x509, as istiod reads a Secret, the private key included. */
export async function refusedByGo(object: ApiObject, order: RequestOrder): Promise<string | undefined> {
  const { certificate, ca } = pemOf(object);
  const key = order.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const data = dataOf({ 'tls.crt': certificate, 'ca.crt': ca, 'tls.key': key });
  const verdict = await judge({ data }, order.isCA ? { profile: 'istio-ca' } : { profile: 'leaf', names: order.names });
  return verdict.checks.find(({ holds }) => !holds)?.detail;
}

function pemOf(object: ApiObject): { readonly certificate: string; readonly ca: string } {
  const { certificate, ca } = object['status'] as Record<string, string | undefined>;
  return { certificate: decode(certificate), ca: decode(ca) };
}

/** One block in PEM as it must stand: 64 columns, LF, one newline at the end. */
function canonical(block: string): string {
  return new X509Certificate(block).toString();
}
