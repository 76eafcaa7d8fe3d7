// Which PCA template signs a request, and what that template writes (as aws-privateca-issuer v1.12.0 chooses).
import type { KeyUsage } from '../pki/algorithms.ts';
import { isKeyUsageWord } from './usages.ts';

export interface Template {
  /** With its version: `SubordinateCACertificate_PathLen0/V1`. */
  readonly name: string;
  readonly isCA: boolean;
  /** What a CA template writes into basicConstraints; undefined for leaves and for roots without a limit. */
  readonly pathLength: number | undefined;
  /** What the template itself writes; undefined where it leaves the key usage to its sources (Blank templates). */
  readonly keyUsages: readonly KeyUsage[] | undefined;
  readonly extendedKeyUsages: readonly string[] | undefined;
  /** Extensions of the CSR pass. */
  readonly takesCsrExtensions: boolean;
  /** ApiPassthrough counts. */
  readonly takesApiExtensions: boolean;
}

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const codeSigning = '1.3.6.1.5.5.7.3.3';
const ocspSigning = '1.3.6.1.5.5.7.3.9';

type Contents = Pick<Template, 'isCA' | 'keyUsages' | 'extendedKeyUsages'>;

const leafUsages: readonly KeyUsage[] = ['digital signature', 'key encipherment'];
const caUsages: readonly KeyUsage[] = ['digital signature', 'cert sign', 'crl sign'];

const stems: Readonly<Record<string, Contents>> = {
  EndEntityCertificate: { isCA: false, keyUsages: leafUsages, extendedKeyUsages: [serverAuth, clientAuth] },
  EndEntityClientAuthCertificate: { isCA: false, keyUsages: leafUsages, extendedKeyUsages: [clientAuth] },
  EndEntityServerAuthCertificate: { isCA: false, keyUsages: leafUsages, extendedKeyUsages: [serverAuth] },
  CodeSigningCertificate: { isCA: false, keyUsages: ['digital signature'], extendedKeyUsages: [codeSigning] },
  OCSPSigningCertificate: { isCA: false, keyUsages: ['digital signature'], extendedKeyUsages: [ocspSigning] },
  RootCACertificate: { isCA: true, keyUsages: caUsages, extendedKeyUsages: undefined },
  SubordinateCACertificate: { isCA: true, keyUsages: caUsages, extendedKeyUsages: undefined },
  BlankEndEntityCertificate: { isCA: false, keyUsages: undefined, extendedKeyUsages: undefined },
  BlankSubordinateCACertificate: { isCA: true, keyUsages: undefined, extendedKeyUsages: undefined },
  BlankRootCACertificate: { isCA: true, keyUsages: undefined, extendedKeyUsages: undefined },
};

/**
 * Reads a template by its name. Only the shape is judged: AWS may know templates that this table does not.
 * @param name `Stem[_PathLenN][_…Passthrough]/Vn`, as in spec.pcaTemplate.defaultTemplateName.
 * @returns undefined where the name has not the shape of a template's.
 */
export function readTemplate(name: string): Template | undefined {
  const [, stem, pathLength, , passthrough] =
    /^([A-Za-z]+?)(?:_PathLen(\d))?(_CriticalBasicConstraints)?(?:_(API|CSR|APICSR)Passthrough)?\/V\d+$/.exec(name) ?? [];
  if (stem === undefined) return undefined;
  const contents = stems[stem] ?? { isCA: stem.endsWith('CACertificate'), keyUsages: undefined, extendedKeyUsages: undefined };
  return {
    name,
    ...contents,
    pathLength: pathLength === undefined ? undefined : Number(pathLength),
    takesCsrExtensions: passthrough === 'CSR' || passthrough === 'APICSR',
    takesApiExtensions: passthrough === 'API' || passthrough === 'APICSR',
  };
}

const bySingleUsage: Readonly<Record<string, string>> = {
  'code signing': 'CodeSigningCertificate',
  'client auth': 'EndEntityClientAuthCertificate',
  'server auth': 'EndEntityServerAuthCertificate',
  'ocsp signing': 'OCSPSigningCertificate',
};

/** The template by CA-ness and usages where the issuer names none (as in aws-privateca-issuer v1.12.0). */
export function templateNameFor(isCA: boolean, usages: readonly string[], ignoresKeyUsages: boolean): string {
  if (isCA) return 'SubordinateCACertificate_PathLen0/V1';
  const judged = ignoresKeyUsages ? usages.filter((usage) => !isKeyUsageWord(usage)) : usages;
  const [first, second] = judged;
  const single = judged.length === 1 && first !== undefined ? bySingleUsage[first] : undefined;
  if (single !== undefined) return `${single}/V1`;
  const isPair = judged.length === 2 && first !== second && judged.every((usage) => usage === 'client auth' || usage === 'server auth');
  return isPair ? 'EndEntityCertificate/V1' : 'BlankEndEntityCertificate_APICSRPassthrough/V1';
}

export function templateArn(partition: string, name: string): string {
  return `arn:${partition}:acm-pca:::template/${name}`;
}
