// cert-manager's usage words, and what they are in a certificate.
import type { KeyUsage } from '../pki/algorithms.ts';

const keyUsageWords: Readonly<Record<string, KeyUsage>> = {
  signing: 'digital signature',
  'digital signature': 'digital signature',
  'content commitment': 'content commitment',
  'key encipherment': 'key encipherment',
  'data encipherment': 'data encipherment',
  'key agreement': 'key agreement',
  'cert sign': 'cert sign',
  'crl sign': 'crl sign',
  'encipher only': 'encipher only',
  'decipher only': 'decipher only',
};

const extendedKeyUsageOids: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

export function isKeyUsageWord(usage: string): boolean {
  return Object.hasOwn(keyUsageWords, usage);
}

/** The key usages among `usages`; cert-manager's default where they name none at all. */
export function keyUsagesOf(usages: readonly string[], isCA: boolean): readonly KeyUsage[] {
  const named = usages.length === 0 ? ['digital signature', 'key encipherment'] : usages;
  const found = named.map((usage) => keyUsageWords[usage]).filter((usage) => usage !== undefined);
  return [...new Set(isCA ? [...found, 'cert sign' as const] : found)];
}

/** The extended key usages among `usages`, as OIDs in the order written. */
export function extendedKeyUsagesOf(usages: readonly string[]): readonly string[] {
  return [...new Set(usages.map((usage) => extendedKeyUsageOids[usage]).filter((oid) => oid !== undefined))];
}
