// What does each of the 61 templates put into a certificate? The tables of the user guide, and nothing else.
import type { KeyUsageBit } from './extension.ts';

export interface Template {
  readonly name: string;
  readonly basicConstraints: { readonly critical: boolean; readonly isCa: boolean; readonly pathLength?: number };
  readonly keyUsage?: readonly KeyUsageBit[];
  readonly extendedKeyUsage?: { readonly critical: boolean; readonly purposes: readonly string[] };
  /** Root templates sign the CA's own key and carry neither AKI nor CRL distribution point. */
  readonly isRoot: boolean;
  readonly takesApi: boolean;
  readonly takesCsr: boolean;
}

type Contents = Pick<Template, 'basicConstraints' | 'keyUsage' | 'extendedKeyUsage' | 'isRoot'>;
type Variant = '' | '_CSRPassthrough' | '_APIPassthrough' | '_APICSRPassthrough';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const codeSigning = '1.3.6.1.5.5.7.3.3';
const ocspSigning = '1.3.6.1.5.5.7.3.9';

const leaf = { critical: false, isCa: false } as const;
const leafUsage: readonly KeyUsageBit[] = ['DigitalSignature', 'KeyEncipherment'];
const signerUsage: readonly KeyUsageBit[] = ['DigitalSignature'];
const caUsage: readonly KeyUsageBit[] = ['DigitalSignature', 'KeyCertSign', 'CRLSign'];

const all: readonly Variant[] = ['', '_CSRPassthrough', '_APIPassthrough', '_APICSRPassthrough'];
const passthroughOnly: readonly Variant[] = ['_CSRPassthrough', '_APIPassthrough', '_APICSRPassthrough'];
const pathLengths = [0, 1, 2, 3];

const stems: readonly (readonly [stem: string, variants: readonly Variant[], contents: Contents])[] = [
  ['EndEntityCertificate', all, endEntity(leafUsage, [serverAuth, clientAuth], false)],
  ['EndEntityClientAuthCertificate', all, endEntity(leafUsage, [clientAuth], false)],
  ['EndEntityServerAuthCertificate', all, endEntity(leafUsage, [serverAuth], false)],
  ['CodeSigningCertificate', all, endEntity(signerUsage, [codeSigning], true)],
  ['OCSPSigningCertificate', all, endEntity(signerUsage, [ocspSigning], true)],
  ['RootCACertificate', ['', '_APIPassthrough'], { ...authority(), keyUsage: caUsage, isRoot: true }],
  ...pathLengths.map((n) => [`SubordinateCACertificate_PathLen${n}`, all, { ...authority(n), keyUsage: caUsage }] as const),
  ['BlankEndEntityCertificate', passthroughOnly, { basicConstraints: leaf, isRoot: false }],
  ['BlankEndEntityCertificate_CriticalBasicConstraints', passthroughOnly, { basicConstraints: { critical: true, isCa: false }, isRoot: false }],
  ...pathLengths.map((n) => [`BlankSubordinateCACertificate_PathLen${n}`, passthroughOnly, authority(n)] as const),
  ['BlankRootCACertificate', ['_APIPassthrough'], { ...authority(), isRoot: true }],
  ...pathLengths.map((n) => [`BlankRootCACertificate_PathLen${n}`, ['_APIPassthrough'], { ...authority(n), isRoot: true }] as const),
];

/** Every template by its bare name, without `/V1`. */
export const templates: ReadonlyMap<string, Template> = new Map(
  stems.flatMap(([stem, variants, contents]) => variants.map((variant) => templateOf(stem, variant, contents))),
);

export const defaultTemplateName = 'EndEntityCertificate';

function templateOf(stem: string, variant: Variant, contents: Contents): readonly [string, Template] {
  const name = `${stem}${variant}`;
  return [name, { ...contents, name, takesApi: variant.startsWith('_API'), takesCsr: variant.includes('CSR') }];
}

function endEntity(usage: readonly KeyUsageBit[], purposes: readonly string[], critical: boolean): Contents {
  return { basicConstraints: leaf, keyUsage: usage, extendedKeyUsage: { critical, purposes }, isRoot: false };
}

function authority(pathLength?: number): Contents {
  return { basicConstraints: { critical: true, isCa: true, ...(pathLength === undefined ? {} : { pathLength }) }, isRoot: false };
}
