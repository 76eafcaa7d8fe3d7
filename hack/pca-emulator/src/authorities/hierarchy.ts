// A hierarchy from one order: a self-signed root, and each further tier signed by the one above it, by the rules that callers meet too.
import type { KeyObject } from 'node:crypto';
import { deterministicAuthorityArn } from '../arn.ts';
import { certify, type IssuingAuthority } from '../certificates/certify.ts';
import { nameDer, type Subject } from '../certificates/distinguished-name.ts';
import { defaultSigningAlgorithm, newKeyPair, type KeyAlgorithm, type KeyPair } from '../certificates/key-algorithm.ts';
import { keyIdentifier } from '../certificates/make-certificate.ts';
import { nameConstraintsDer, type NameConstraints } from '../certificates/name-constraints.ts';
import { extensionOid } from '../certificates/object-identifiers.ts';
import { templates, type Template } from '../certificates/template-table.ts';
import type { Store } from '../state/store.ts';
import { ApiError } from '../wire/api-error.ts';
import type { Authority, RevocationConfiguration, Tag, UsageMode } from './authority.ts';
import { issuingAuthority } from './issuing.ts';

export interface TierOrder {
  readonly name: string;
  readonly keyAlgorithm: KeyAlgorithm;
  /** What the CA signs with when it makes its own request; default by the key. */
  readonly signingAlgorithm?: string;
  /** Default: the hierarchy's and the tier's name. */
  readonly commonName?: string;
  /** Further members of the subject, in the API's words. */
  readonly subject?: Subject;
  /** Default: none for the root, else one more than the tiers below, so that the last tier can still issue PathLen0. */
  readonly pathLen?: number;
  /** Default: 3650 for the root, half as long for each tier below. */
  readonly validityDays?: number;
  readonly usageMode?: UsageMode;
  readonly revocationConfiguration?: RevocationConfiguration;
  readonly tags?: readonly Tag[];
  /** Written into the CA's certificate, critical; AWS enforces them when the CA issues. */
  readonly nameConstraints?: NameConstraints;
  /** A CA outside AWS: it is in the chain, and the API does not know it. */
  readonly external?: boolean;
}

export interface HierarchyOrder {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly partition?: string;
  readonly tiers: readonly TierOrder[];
}

const deepest = 5;

/**
 * Makes the hierarchy's CAs, all ACTIVE; tiers that exist already (by hierarchy, account, region and name) stay as they are.
 * @param nowMs  the virtual clock
 * @returns the CAs from the root down
 * @throws ApiError as IssueCertificate would, when a tier cannot be signed by the one above it
 */
export async function createHierarchy(store: Store, order: HierarchyOrder, nowMs: number): Promise<Authority[]> {
  if (order.tiers.length === 0 || order.tiers.length > deepest) {
    throw new ApiError('ValidationException', `A hierarchy has 1 to ${deepest} tiers.`);
  }
  const arns = order.tiers.map((tier) => deterministicAuthorityArn({ ...order, hierarchy: order.name, tier: tier.name }));
  const isMissing = arns.map((arn) => store.authorities.get(arn) === undefined);
  const keys = await Promise.all(order.tiers.map(async (tier, index) => (isMissing[index] ? newKeyPair(tier.keyAlgorithm) : undefined)));
  // From here to the end nothing waits, so that two orders for one hierarchy at once make one.
  const made: Authority[] = [];
  for (const [index, tier] of order.tiers.entries()) {
    const arn = arns[index] ?? '';
    const key = keys[index];
    const authority = store.authorities.get(arn) ?? (key && makeAuthority({ order, index, tier, key, arn, nowMs, above: made.at(-1) }));
    if (authority !== undefined) made.push(authority);
  }
  for (const authority of made) if (store.authorities.get(authority.arn) === undefined) store.authorities.put(authority.arn, authority);
  return made;
}

interface TierPlace {
  readonly order: HierarchyOrder;
  readonly index: number;
  readonly tier: TierOrder;
  readonly key: KeyPair;
  readonly arn: string;
  readonly nowMs: number;
  readonly above: Authority | undefined;
}

function makeAuthority({ order, index, tier, key: { publicKey, privateKey }, arn, nowMs, above }: TierPlace): Authority {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const subject: Subject = { ...tier.subject, CommonName: tier.commonName ?? `${order.name} ${tier.name}` };
  const subjectDer = nameDer(subject);
  const pathLength = tier.pathLen ?? (above === undefined ? undefined : Math.min(3, order.tiers.length - index));
  const usageMode = tier.usageMode ?? 'GENERAL_PURPOSE';
  const signingAlgorithm = tier.signingAlgorithm ?? defaultSigningAlgorithm(tier.keyAlgorithm);
  const issuing = above === undefined ? ownIssuing(order, tier, subjectDer, spki, privateKey) : issuingAuthority(above);
  const certified = certify({ ...issuing, isShortLived: false }, {
    template: tierTemplate(above === undefined, pathLength, tier.nameConstraints !== undefined),
    request: { subject: subjectDer, spki, extensions: [] },
    signing: above?.signingAlgorithm ?? signingAlgorithm,
    validity: { Type: 'DAYS', Value: tier.validityDays ?? Math.floor(3650 / 2 ** index) },
    validityNotBefore: undefined,
    apiPassthrough: {
      Extensions: {
        KeyUsage: { DigitalSignature: true, KeyCertSign: true, CRLSign: true },
        ...(tier.nameConstraints === undefined ? {} : { CustomExtensions: [constraintsExtension(tier.nameConstraints)] }),
      },
    },
    nowMs,
  });
  return {
    arn,
    hierarchy: order.name,
    tier: tier.name,
    account: order.account,
    region: order.region,
    type: above === undefined ? 'ROOT' : 'SUBORDINATE',
    status: 'ACTIVE',
    createdAtMs: nowMs,
    lastStateChangeAtMs: nowMs,
    keyAlgorithm: tier.keyAlgorithm,
    signingAlgorithm,
    usageMode,
    subject,
    subjectDer: subjectDer.toString('base64'),
    subjectKeyId: certified.subjectKeyId.toString('hex'),
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    certificate: certified.certificate,
    chain: above === undefined ? [] : [above.certificate, ...above.chain],
    serial: certified.serial,
    notBeforeMs: certified.notBeforeMs,
    notAfterMs: certified.notAfterMs,
    isExternal: tier.external ?? false,
    revocation: tier.revocationConfiguration ?? {},
    chainFormat: 'aws',
    signingMs: undefined,
    tags: tier.tags,
    pathLength,
  };
}

function ownIssuing(order: HierarchyOrder, tier: TierOrder, subject: Buffer, spki: Buffer, privateKey: KeyObject): IssuingAuthority {
  return {
    subject,
    subjectKeyId: keyIdentifier(spki),
    privateKey,
    keyAlgorithm: tier.keyAlgorithm,
    region: order.region,
    isShortLived: false,
    pathLength: undefined,
    notAfterMs: undefined,
    crlUrl: undefined,
    ocspUrl: undefined,
  };
}

function constraintsExtension(constraints: NameConstraints) {
  return { ObjectIdentifier: extensionOid.nameConstraints, Critical: true, Value: nameConstraintsDer(constraints).toString('base64') };
}

function tierTemplate(isRoot: boolean, pathLength: number | undefined, takesApi: boolean): Template {
  const name = isRoot
    ? `BlankRootCACertificate${pathLength === undefined ? '' : `_PathLen${pathLength}`}_APIPassthrough`
    : `SubordinateCACertificate_PathLen${pathLength}${takesApi ? '_APIPassthrough' : ''}`;
  const template = templates.get(name);
  if (template === undefined) throw new ApiError('ValidationException', `AWS has no template ${name} for a tier of path length ${pathLength}.`);
  return template;
}
