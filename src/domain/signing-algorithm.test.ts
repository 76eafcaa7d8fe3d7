import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyAlgorithmOf, signingAlgorithmFor, unverifiableByMesh } from './signing-algorithm.ts';

test('a CA signs with its own algorithm where that fits its key, else with the default of the key', () => {
  const rows = [
    // key, what Describe says, what is asked for
    ['RSA_2048', 'SHA256WITHRSA', 'SHA256WITHRSA'],
    ['RSA_3072', 'SHA384WITHRSA', 'SHA384WITHRSA'],
    ['RSA_4096', 'SHA512WITHRSA_PSS', 'SHA512WITHRSA_PSS'],
    ['RSA_2048', 'SHA256WITHECDSA', 'SHA256WITHRSA'],
    ['RSA_2048', undefined, 'SHA256WITHRSA'],
    ['EC_prime256v1', undefined, 'SHA256WITHECDSA'],
    ['EC_prime256v1', 'SHA512WITHECDSA', 'SHA512WITHECDSA'],
    ['EC_secp384r1', undefined, 'SHA384WITHECDSA'],
    ['EC_secp384r1', 'SHA256WITHRSA', 'SHA384WITHECDSA'],
    ['EC_secp521r1', undefined, 'SHA512WITHECDSA'],
    ['EC_secp521r1', 'SHA256WITHECDSA', 'SHA512WITHECDSA'],
    ['ML_DSA_44', undefined, 'ML_DSA_44'],
    ['ML_DSA_65', 'ML_DSA_65', 'ML_DSA_65'],
    ['ML_DSA_87', 'ML_DSA_44', 'ML_DSA_87'],
    ['SM2', 'SM3WITHSM2', 'SM3WITHSM2'],
    ['SM2', undefined, 'SM3WITHSM2'],
    ['SLH_DSA_128', 'SLH_DSA_SHA2_128S', 'SLH_DSA_SHA2_128S'],
    [undefined, 'SHA256WITHRSA', 'SHA256WITHRSA'],
    [undefined, undefined, undefined],
  ] as const;
  for (const [key, own, expected] of rows) assert.equal(signingAlgorithmFor(key, own), expected, `${key} ${own}`);
});

test('a key of a certificate has AWS\'s name', () => {
  const rows = [
    ['rsa', 'RSA-3072', 'RSA_3072'],
    ['ec', 'P-256', 'EC_prime256v1'],
    ['ec', 'P-384', 'EC_secp384r1'],
    ['ec', 'P-521', 'EC_secp521r1'],
    ['ec', 'SM2', 'SM2'],
    ['ec', 'secp256k1', undefined],
    ['ml-dsa', 'ML-DSA-87', 'ML_DSA_87'],
    ['ed25519', 'Ed25519', undefined],
    ['other', '1.2.3', undefined],
  ] as const;
  for (const [kind, name, expected] of rows) assert.equal(keyAlgorithmOf({ kind, name }), expected, name);
});

test('a mesh verifies RSA and the NIST curves, and neither ML-DSA nor SM2', () => {
  for (const name of ['RSA_2048', 'RSA_4096', 'EC_prime256v1', 'EC_secp384r1', 'EC_secp521r1', 'SHA256WITHRSA_PSS', 'SHA512WITHRSA', undefined]) {
    assert.equal(unverifiableByMesh([name]), undefined, name);
  }
  for (const name of ['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87', 'SM2', 'SM3WITHSM2']) assert.equal(unverifiableByMesh(['RSA_2048', undefined, name]), name);
});
