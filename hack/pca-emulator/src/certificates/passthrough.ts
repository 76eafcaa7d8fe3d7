// What does ApiPassthrough ask for? The API's words turned into a name and extensions.
import { ia5String, objectIdentifier, sequence } from './der.ts';
import { isEmptyName, nameDer, type Subject } from './distinguished-name.ts';
import { extendedKeyUsage, keyUsage, keyUsageBits, type Extension } from './extension.ts';
import { generalName, type GeneralName } from './general-name.ts';
import { extensionOid, policyQualifierCps, purposeOid } from './object-identifiers.ts';

export interface ApiPassthrough {
  readonly Subject?: Subject;
  readonly Extensions?: {
    readonly CertificatePolicies?: readonly Policy[];
    readonly ExtendedKeyUsage?: readonly { readonly ExtendedKeyUsageType?: string; readonly ExtendedKeyUsageObjectIdentifier?: string }[];
    readonly KeyUsage?: Readonly<Record<string, boolean | undefined>>;
    readonly SubjectAlternativeNames?: readonly GeneralName[];
    readonly CustomExtensions?: readonly { readonly ObjectIdentifier: string; readonly Value: string; readonly Critical?: boolean }[];
  };
}

interface Policy {
  readonly CertPolicyId: string;
  readonly PolicyQualifiers?: readonly { readonly Qualifier: { readonly CpsUri: string } }[];
}

export interface Passthrough {
  /** DER of the Name; undefined when the API gives none. */
  readonly subject: Buffer | undefined;
  readonly extensions: readonly Extension[];
}

/**
 * Reads ApiPassthrough after its shape was checked.
 * @param csrSubject  DER of the CSR's Name: a SAN is critical where no name is left
 * @throws ApiError InvalidArgsException for a general name with none or several of its members
 */
export function readPassthrough(api: ApiPassthrough | undefined, csrSubject: Buffer): Passthrough {
  const asked = api?.Extensions ?? {};
  const subject = api?.Subject === undefined ? undefined : nameDer(api.Subject);
  const bits = keyUsageBits.filter((bit) => asked.KeyUsage?.[bit] === true);
  const purposes = (asked.ExtendedKeyUsage ?? []).flatMap(
    (purpose) => purpose.ExtendedKeyUsageObjectIdentifier ?? purposeOid[purpose.ExtendedKeyUsageType ?? ''] ?? [],
  );
  const names = asked.SubjectAlternativeNames ?? [];
  const policies = asked.CertificatePolicies ?? [];
  const extensions: Extension[] = [];
  if (bits.length > 0) extensions.push(keyUsage(bits));
  if (purposes.length > 0) extensions.push(extendedKeyUsage(purposes, false));
  if (names.length > 0) {
    const critical = isEmptyName(subject ?? csrSubject);
    extensions.push({ oid: extensionOid.subjectAlternativeName, critical, value: sequence(...names.map(generalName)) });
  }
  if (policies.length > 0) {
    extensions.push({ oid: extensionOid.certificatePolicies, critical: false, value: sequence(...policies.map(policyDer)) });
  }
  for (const custom of asked.CustomExtensions ?? []) {
    extensions.push({ oid: custom.ObjectIdentifier, critical: custom.Critical === true, value: Buffer.from(custom.Value, 'base64') });
  }
  return { subject, extensions };
}

function policyDer({ CertPolicyId, PolicyQualifiers = [] }: Policy): Buffer {
  const qualifiers = PolicyQualifiers.map(({ Qualifier }) => sequence(objectIdentifier(policyQualifierCps), ia5String(Qualifier.CpsUri)));
  return sequence(objectIdentifier(CertPolicyId), ...(qualifiers.length > 0 ? [sequence(...qualifiers)] : []));
}
