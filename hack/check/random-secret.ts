// Secrets as nobody would write them, but somebody might: tiers with every property drawn by lot, in a file that may be out of order.
import * as fc from 'fast-check';
import { makeCertificate, type TestCertificate, type TestCertificateOptions } from '../../src/pki/test-certificates.ts';
import { makeKey, type TestKey } from '../../src/pki/test-keys.ts';
import { day, keyOf, keyPem, now, pems } from '../../src/verify/test-mesh.ts';

/** Most of the time the usual; a Secret with five faults tells nothing of any of them. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 14, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', email: '1.3.6.1.5.5.7.3.4', any: '2.5.29.37.0' } as const;
const extension = (oid: string, isCritical: boolean, ...bytes: readonly number[]) => [{ oid, isCritical, der: new Uint8Array(bytes) }];
const lives = { usual: [-10, 80], ended: [-10, -1], later: [1, 80] } as const;

const tier: fc.Arbitrary<TestCertificateOptions> = fc
  .record({
    isCA: mostly<boolean | undefined>(true, false, undefined),
    pathLength: fc.constantFrom(undefined, undefined, undefined, 0, 1, 2),
    keyUsages: mostly<TestCertificateOptions['keyUsages']>(['digital signature', 'cert sign', 'crl sign'], undefined, ['digital signature'], ['cert sign'], ['crl sign']),
    extendedKeyUsages: mostly<readonly string[] | undefined>(undefined, [purposes.server], [purposes.server, purposes.client], [purposes.any], [purposes.email]),
    life: mostly<readonly [number, number]>(lives.usual, lives.ended, lives.later),
    withoutKeyIdentifiers: mostly(false, true),
    digest: mostly<'sha256' | 'sha384' | 'sha1'>('sha256', 'sha384', 'sha1'),
    extraExtensions: mostly<TestCertificateOptions['extraExtensions']>(
      [],
      extension('1.2.3.4', true, 5, 0),
      extension('1.2.3.4', false, 5, 0),
      extension('2.5.29.36', true, 0x30, 3, 0x80, 1, 0), // policies needed
      extension('2.5.29.36', true, 0x30, 3, 0x80, 1, 2),
      extension('2.5.29.54', true, 2, 1, 0), // no any-policy
      extension('1.3.6.1.5.5.7.1.1', true, 0x30, 0), // may not be critical
    ),
    nameConstraints: mostly<TestCertificateOptions['nameConstraints']>(undefined, { permittedUris: ['cluster.local'] }, { permittedUris: ['other'] }, { permittedDns: ['b.example'] }, { excludedDns: ['a.example'] }, { permittedUris: ['.local'] }),
    sans: mostly<TestCertificateOptions['sans']>(undefined, [{ kind: 'dns', value: 'a.example' }], [{ kind: 'uri', value: 'spiffe://x/y' }]),
  })
  .map(({ life: [from, to], isCA, pathLength, ...rest }) => ({ ...rest, isCA, pathLength: isCA === true ? pathLength : undefined, notBefore: new Date(now.getTime() + from * day), notAfter: new Date(now.getTime() + to * day) }));

/** Made once: which key it is does not matter, only whose. */
const keys = Array.from({ length: 6 }, () => makeKey('P-256'));

const tampering = fc.oneof({ weight: 6, arbitrary: fc.constant('none') }, { weight: 4, arbitrary: fc.constantFrom('short', 'backwards', 'twice', 'with root', 'with a stranger', 'with a namesake', 'crossed') });
const trusted = fc.oneof({ weight: 6, arbitrary: fc.constant('root') }, { weight: 3, arbitrary: fc.constantFrom('root and other', 'other', 'issuer', 'root and issuer', 'intermediate', 'root twice') });

interface Lots {
  readonly root: TestCertificateOptions;
  readonly other: TestCertificateOptions;
  readonly between: readonly TestCertificateOptions[];
  readonly intermediate: TestCertificateOptions;
  readonly tampering: string;
  readonly trusted: string;
  readonly isOwnKey: boolean;
}

export const randomSecret: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .record({ root: tier, other: tier, between: fc.array(tier, { maxLength: 2 }), intermediate: tier, tampering, trusted, isOwnKey: mostly(true, false) })
  .map(write);

function write({ root: rootTier, other: otherTier, between, intermediate: lowest, tampering, trusted, isOwnKey }: Lots): Readonly<Record<string, string>> {
  const keyAt = (index: number): TestKey => keys[index] ?? makeKey('P-256');
  const root = makeCertificate({ ...rootTier, subject: 'Root', key: keyAt(0) });
  const other = makeCertificate({ ...otherTier, subject: 'Other', key: keyAt(1) });
  // The issuing CA first.
  const above = between.reduce<readonly TestCertificate[]>((made, each, index) => [makeCertificate({ ...each, subject: `Between ${index}`, key: keyAt(2 + index), issuer: made[0] ?? root }), ...made], []);
  const issuer = above[0] ?? root;
  const intermediate = makeCertificate({ ...lowest, subject: 'istio-ca', key: keyAt(4), issuer });
  const crossed = makeCertificate({ ...between[0], subject: 'Between 0', key: keyAt(2), issuer: other });
  const chains: Readonly<Record<string, readonly TestCertificate[]>> = {
    short: above.slice(1),
    backwards: above.toReversed(),
    twice: [...above, ...above],
    'with root': [...above, root],
    'with a stranger': [...above, makeCertificate({ ...otherTier, subject: 'Stranger', issuer: other })],
    'with a namesake': [makeCertificate({ ...lowest, subject: 'Between 0', issuer: root }), ...above],
    crossed: above.length === 0 ? [] : [...above.slice(0, -1), crossed],
  };
  const roots: Readonly<Record<string, readonly TestCertificate[]>> = {
    'root and other': [root, other], other: [other], issuer: [issuer], 'root and issuer': above.length === 0 ? [root] : [root, issuer], intermediate: [intermediate], 'root twice': [root, root],
  };
  return { 'tls.crt': pems(intermediate, ...(chains[tampering] ?? above)), 'tls.key': isOwnKey ? keyOf(intermediate) : keyPem(keyAt(5).privateKey), 'ca.crt': pems(...(roots[trusted] ?? [root])) };
}
