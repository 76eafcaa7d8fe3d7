// Which certificate is meant? From a Certificate, a CertificateRequest or a Secret to its bytes, and to the CAs that may have issued it.
import type { Ask } from '../domain/ask.ts';
import { group, issuerKinds, version } from '../domain/issuer.ts';
import { annotationOf, integer, list, record, text, type Json } from '../domain/json.ts';
import { certificateNameAnnotation } from '../domain/renewal-loop.ts';
import { authorityAnnotation, serialAnnotation } from '../domain/request-traces.ts';
import { type CertificateFacts, readCertificate } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import { readPem } from '../pki/pem.ts';

export type SearchKind = 'certificate' | 'request' | 'secret';

export interface Search {
  readonly kind: SearchKind;
  readonly namespace: string;
  readonly name: string;
}

/** An object in the cluster that an Event may be about. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface Target {
  readonly leaf: CertificateFacts;
  /** As AWS may write it; of what the annotations say only what agrees with the certificate. */
  readonly serials: readonly string[];
  /** The CAs that may have issued it, the likeliest first. Hints: who issued it is for AWS to say. */
  readonly authorityArns: readonly string[];
  readonly subject: Subject | undefined;
  /** The cert-manager Certificate that has it; undefined where there is none. */
  readonly certificate: Json | undefined;
  readonly secretName: string | undefined;
}

export type Found = { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly why: string };

const certManager = '/apis/cert-manager.io/v1';
const core = '/api/v1';
const revisionAnnotation = 'cert-manager.io/certificate-revision';

export async function findTarget(ask: Ask, search: Search): Promise<Found> {
  try {
    return { ok: true, target: search.kind === 'request' ? await findByRequest(ask, search) : await findByHolder(ask, search) };
  } catch (error) {
    if (error instanceof Unseen || error instanceof PkiError) return { ok: false, why: error.message };
    throw error;
  }
}

/** What ends the search; never leaves this file. */
class Unseen extends Error {}

async function findByRequest(ask: Ask, { namespace, name }: Search): Promise<Target> {
  const request = (await get(ask, certManager, 'certificaterequests', namespace, name)) ?? missing('CertificateRequest', namespace, name);
  const certificate = await get(ask, certManager, 'certificates', namespace, annotationOf(request, certificateNameAnnotation));
  const pem = fromBase64(record(request['status'])['certificate']);
  if (pem === '') throw new Unseen(`CertificateRequest ${namespace}/${name} has no certificate: there is nothing to revoke.`);
  // One of an earlier revision is not what the Certificate has now: renewing that would help nobody.
  const isCurrent = certificate !== undefined && isOfRevision(request, revisionOf(certificate));
  return await targetOf(ask, namespace, { pem, request, certificate: isCurrent ? certificate : undefined, about: request, issuerRef: refOf(request), kind: 'CertificateRequest' });
}

async function findByHolder(ask: Ask, { kind, namespace, name }: Search): Promise<Target> {
  const given = kind === 'secret' ? ((await get(ask, core, 'secrets', namespace, name)) ?? missing('Secret', namespace, name)) : undefined;
  const named = await get(ask, certManager, 'certificates', namespace, given === undefined ? name : annotationOf(given, certificateNameAnnotation));
  // A Secret that its Certificate writes no more is nothing that a renewal would replace.
  const certificate = given === undefined || text(record(named?.['spec'])['secretName']) === name ? named : undefined;
  if (given === undefined && certificate === undefined) missing('Certificate', namespace, name);
  const request = certificate === undefined ? undefined : await currentRequest(ask, namespace, certificate);
  const issued = fromBase64(record(request?.['status'])['certificate']);
  // The Secret holds the key too, so it is read only where the request does not tell.
  const secret = given ?? (issued === '' ? await get(ask, core, 'secrets', namespace, text(record(certificate?.['spec'])['secretName'])) : undefined);
  const held = fromBase64(record(secret?.['data'])['tls.crt']);
  const pem = given === undefined ? issued || held : held;
  if (pem === '') throw new Unseen(`${given === undefined ? 'Certificate' : 'Secret'} ${namespace}/${name} holds no certificate: there is nothing to revoke.`);
  return await targetOf(ask, namespace, {
    pem,
    request: issued === pem ? request : undefined,
    certificate,
    about: certificate ?? secret ?? {},
    issuerRef: certificate === undefined ? refOfSecret(secret) : refOf(certificate),
    kind: certificate === undefined ? 'Secret' : 'Certificate',
  });
}

interface Sighting {
  readonly pem: string;
  readonly request: Json | undefined;
  readonly certificate: Json | undefined;
  readonly about: Json;
  readonly issuerRef: IssuerRef | undefined;
  readonly kind: 'Certificate' | 'CertificateRequest' | 'Secret';
}

interface IssuerRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

async function targetOf(ask: Ask, namespace: string, { pem, request, certificate, about, issuerRef, kind }: Sighting): Promise<Target> {
  const leaf = readLeaf(pem);
  const hinted = annotationOf(request, serialAnnotation);
  const arns = [await authorityOf(ask, namespace, issuerRef), annotationOf(request, authorityAnnotation)];
  const metadata = record(about['metadata']);
  const secretName = text(record(certificate?.['spec'])['secretName']) || (kind === 'Secret' ? text(metadata['name']) : undefined);
  return {
    leaf,
    serials: serialsOf(leaf, hinted),
    authorityArns: [...new Set(arns.filter((arn) => arn !== ''))],
    subject: { apiVersion: kind === 'Secret' ? 'v1' : 'cert-manager.io/v1', kind, namespace, name: text(metadata['name']), uid: text(metadata['uid']) },
    certificate,
    secretName,
  };
}

/** The first certificate of a PEM text. @throws PkiError */
export function readLeaf(pem: string): CertificateFacts {
  const [first] = readPem(pem);
  return readCertificate(first?.der ?? new Uint8Array());
}

/** AWS counts 32 digits, node leaves out leading zeros. An annotation counts only where it is the same number. */
export function serialsOf({ serial }: Pick<CertificateFacts, 'serial'>, hinted = ''): readonly string[] {
  const isSame = /^[0-9a-f]{1,64}$/.test(hinted) && BigInt(`0x${hinted}`) === BigInt(`0x${serial}`);
  return [...new Set([...(isSame ? [hinted] : []), serial.padStart(32, '0'), serial])];
}

async function authorityOf(ask: Ask, namespace: string, ref: IssuerRef | undefined): Promise<string> {
  if (ref?.group !== group || !issuerKinds.has(ref.kind)) return '';
  const folder = ref.kind === 'AWSPCAIssuer' ? `/apis/${group}/${version}/namespaces/${namespace}/awspcaissuers` : `/apis/${group}/${version}/awspcaclusterissuers`;
  const answer = await ask(`${folder}/${encodeURIComponent(ref.name)}`);
  // Without the issuer the annotation may still tell, or --ca.
  return answer === 'absent' || !answer.ok ? '' : text(record(record(answer.value)['spec'])['arn']);
}

async function currentRequest(ask: Ask, namespace: string, certificate: Json): Promise<Json | undefined> {
  const answer = await ask(`${certManager}/namespaces/${namespace}/certificaterequests`);
  if (answer === 'absent' || !answer.ok) return undefined;
  const [name, revision] = [text(record(certificate['metadata'])['name']), revisionOf(certificate)];
  return list(record(answer.value)['items']).map(record).find((each) => annotationOf(each, certificateNameAnnotation) === name && isOfRevision(each, revision));
}

/** @throws Unseen where it may not be read */
async function get(ask: Ask, api: string, plural: string, namespace: string, name: string): Promise<Json | undefined> {
  if (name === '') return undefined;
  const answer = await ask(`${api}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`);
  if (answer === 'absent') return undefined;
  if (!answer.ok) throw new Unseen(`${plural} ${namespace}/${name} cannot be read: ${answer.failure.message}`);
  return record(answer.value);
}

function revisionOf(certificate: Json): string {
  return String(integer(record(certificate['status'])['revision']) ?? '');
}

/** Before the first issuance there is no revision, and a request that names none is not of it. */
function isOfRevision(request: Json, revision: string): boolean {
  return revision !== '' && annotationOf(request, revisionAnnotation) === revision;
}

function missing(what: string, namespace: string, name: string): never {
  throw new Unseen(`There is no ${what} ${namespace}/${name}.`);
}

function refOf(object: Json | undefined): IssuerRef | undefined {
  const ref = record(record(object?.['spec'])['issuerRef']);
  return object === undefined ? undefined : { group: text(ref['group']), kind: text(ref['kind']), name: text(ref['name']) };
}

/** As cert-manager writes it beside the certificate. */
function refOfSecret(secret: Json | undefined): IssuerRef {
  const [group, kind, name] = ['issuer-group', 'issuer-kind', 'issuer-name'].map((key) => annotationOf(secret, `cert-manager.io/${key}`));
  return { group: group ?? '', kind: kind ?? '', name: name ?? '' };
}

function fromBase64(value: unknown): string {
  return Buffer.from(text(value), 'base64').toString('latin1');
}
