// A remembered CA made ready to sign.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { IssuingAuthority } from '../certificates/certify.ts';
import { extensionsOf } from '../certificates/extension.ts';
import { extensionOid } from '../certificates/object-identifiers.ts';
import { revocationListPath, type Authority } from './authority.ts';

const privateKeys = new Map<string, KeyObject>();
const nameConstraints = new Map<string, Buffer | undefined>();

export function issuingAuthority(authority: Authority): IssuingAuthority {
  const { region, revocation } = authority;
  const { CrlConfiguration: crl, OcspConfiguration: ocsp } = revocation;
  const hasCrl = crl?.Enabled === true && crl.CrlDistributionPointExtensionConfiguration?.OmitExtension !== true;
  const crlHost = crl?.CustomCname ?? `${crl?.S3BucketName ?? 'crl'}.s3.${region}.amazonaws.com`;
  return {
    region,
    subject: Buffer.from(authority.subjectDer, 'base64'),
    subjectKeyId: Buffer.from(authority.subjectKeyId, 'hex'),
    privateKey: privateKeyOf(authority),
    keyAlgorithm: authority.keyAlgorithm,
    notAfterMs: authority.notAfterMs,
    isShortLived: authority.usageMode === 'SHORT_LIVED_CERTIFICATE',
    pathLength: authority.pathLength,
    nameConstraints: nameConstraintsOf(authority),
    crlUrl: hasCrl ? `http://${crlHost}${revocationListPath(authority.arn)}` : undefined,
    ocspUrl: ocsp?.Enabled === true ? `http://${ocsp.OcspCustomCname ?? `ocsp.acm-pca.${region}.amazonaws.com`}` : undefined,
  };
}

/** Reading a certificate takes a while too, and most have no name constraints. */
function nameConstraintsOf({ certificate }: Authority): Buffer | undefined {
  if (!nameConstraints.has(certificate)) {
    nameConstraints.set(certificate, extensionsOf(certificate).find(({ oid }) => oid === extensionOid.nameConstraints)?.value);
  }
  return nameConstraints.get(certificate);
}

/** DER of the CA's own SubjectPublicKeyInfo. */
export function publicKeyDer(authority: Authority): Buffer {
  return createPublicKey(privateKeyOf(authority)).export({ format: 'der', type: 'spki' });
}

/** Reading a PEM key takes longer than signing with it, so each is read once. */
function privateKeyOf({ privateKeyPem }: Authority): KeyObject {
  const known = privateKeys.get(privateKeyPem);
  if (known !== undefined) return known;
  const key = createPrivateKey(privateKeyPem);
  privateKeys.set(privateKeyPem, key);
  return key;
}
