// Extensions in the shape that IssueCertificate takes.
import type * as Pca from '@aws-sdk/client-acm-pca';
import type { ApiPassthrough } from '../domain/plan.ts';

const keyUsageFields: Readonly<Record<ApiPassthrough['keyUsages'][number], keyof Pca.KeyUsage>> = {
  'digital signature': 'DigitalSignature',
  'content commitment': 'NonRepudiation',
  'key encipherment': 'KeyEncipherment',
  'data encipherment': 'DataEncipherment',
  'key agreement': 'KeyAgreement',
  'cert sign': 'KeyCertSign',
  'crl sign': 'CRLSign',
  'encipher only': 'EncipherOnly',
  'decipher only': 'DecipherOnly',
};

/** The purposes that AWS knows by name; others go by their OID. */
const purposes: Readonly<Record<string, Pca.ExtendedKeyUsageType>> = {
  '1.3.6.1.5.5.7.3.1': 'SERVER_AUTH',
  '1.3.6.1.5.5.7.3.2': 'CLIENT_AUTH',
  '1.3.6.1.5.5.7.3.3': 'CODE_SIGNING',
  '1.3.6.1.5.5.7.3.4': 'EMAIL_PROTECTION',
  '1.3.6.1.5.5.7.3.8': 'TIME_STAMPING',
  '1.3.6.1.5.5.7.3.9': 'OCSP_SIGNING',
};

/** @returns undefined where there is nothing to hand over: AWS takes no empty extension. */
export function toApiPassthrough(passthrough: ApiPassthrough | undefined): Pca.ApiPassthrough | undefined {
  const { keyUsages = [], extendedKeyUsages = [] } = passthrough ?? {};
  if (keyUsages.length === 0 && extendedKeyUsages.length === 0) return undefined;
  const keyUsage: Pca.KeyUsage = Object.fromEntries(keyUsages.map((usage) => [keyUsageFields[usage], true]));
  const extendedKeyUsage = extendedKeyUsages.map((oid): Pca.ExtendedKeyUsage => {
    const purpose = purposes[oid];
    return purpose === undefined ? { ExtendedKeyUsageObjectIdentifier: oid } : { ExtendedKeyUsageType: purpose };
  });
  return {
    Extensions: {
      ...(keyUsages.length === 0 ? {} : { KeyUsage: keyUsage }),
      ...(extendedKeyUsages.length === 0 ? {} : { ExtendedKeyUsage: extendedKeyUsage }),
    },
  };
}
