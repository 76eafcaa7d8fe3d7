// Which extensions end up in the certificate? Template before CA configuration before API before CSR;
// the lower source is dropped without a word.
import {
  authorityKeyIdentifier, basicConstraints, crlDistributionPoint, extendedKeyUsage, keyUsage, ocspAccess, subjectKeyIdentifier, type Extension,
} from './extension.ts';
import { extensionOid } from './object-identifiers.ts';
import type { Template } from './template-table.ts';

export interface ExtensionSources {
  readonly template: Template;
  readonly subjectKeyId: Uint8Array;
  readonly authorityKeyId: Uint8Array;
  /** From the CA's revocation configuration; undefined where it sets none. */
  readonly crlUrl: string | undefined;
  readonly ocspUrl: string | undefined;
  readonly api: readonly Extension[];
  readonly csr: readonly Extension[];
}

/** The certificate's extensions in the order of their sources, each object identifier once. */
export function selectExtensions(sources: ExtensionSources): Extension[] {
  const { template } = sources;
  const candidates = [
    ...fixed(sources),
    ...(template.takesApi ? sources.api : []),
    ...sources.csr.filter(({ oid }) => template.takesCsr || oid === extensionOid.subjectAlternativeName),
  ];
  const chosen = new Map<string, Extension>();
  for (const extension of candidates) if (!chosen.has(extension.oid)) chosen.set(extension.oid, extension);
  return [...chosen.values()];
}

function fixed({ template, subjectKeyId, authorityKeyId, crlUrl, ocspUrl }: ExtensionSources): Extension[] {
  const { critical, isCa, pathLength } = template.basicConstraints;
  const extensions = [basicConstraints(critical, isCa, pathLength)];
  if (!template.isRoot) extensions.push(authorityKeyIdentifier(authorityKeyId));
  extensions.push(subjectKeyIdentifier(subjectKeyId));
  if (template.keyUsage) extensions.push(keyUsage(template.keyUsage));
  if (template.extendedKeyUsage) extensions.push(extendedKeyUsage(template.extendedKeyUsage.purposes, template.extendedKeyUsage.critical));
  if (!template.isRoot && crlUrl !== undefined) extensions.push(crlDistributionPoint(crlUrl));
  if (!template.isRoot && ocspUrl !== undefined) extensions.push(ocspAccess(ocspUrl));
  return extensions;
}
