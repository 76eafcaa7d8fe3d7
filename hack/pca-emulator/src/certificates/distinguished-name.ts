// A distinguished name as the API describes it, written as DER.
import { objectIdentifier, printableString, sequence, set, utf8String } from './der.ts';
import { attributeOid, printableAttributes } from './object-identifiers.ts';

/** ASN1Subject of the API: standard members, or CustomAttributes alone. */
export interface Subject {
  readonly CustomAttributes?: readonly { readonly ObjectIdentifier: string; readonly Value: string }[];
  readonly [member: string]: string | Subject['CustomAttributes'];
}

/** One RDN per attribute, in AWS's order; custom attributes keep their own. */
export function nameDer(subject: Subject): Buffer {
  const custom = (subject.CustomAttributes ?? []).map((attribute) => rdn(attribute.ObjectIdentifier, utf8String(attribute.Value)));
  const standard = Object.entries(attributeOid).flatMap(([member, oid]) => {
    const value = subject[member];
    if (typeof value !== 'string') return [];
    return [rdn(oid, printableAttributes.has(member) ? printableString(value) : utf8String(value))];
  });
  return sequence(...standard, ...custom);
}

/** Is this the empty name (SEQUENCE of nothing)? */
export function isEmptyName(der: Uint8Array): boolean {
  return der.length === 2;
}

function rdn(oid: string, value: Buffer): Buffer {
  return set(sequence(objectIdentifier(oid), value));
}
