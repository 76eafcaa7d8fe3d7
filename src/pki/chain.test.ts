import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type CertificateFacts, readCertificate } from './certificate.ts';
import { type Chain, chainPem, followChain, readAnchors, trustBundle } from './chain.ts';
import { writePem } from './pem.ts';
import { makeCertificate, type TestCertificate } from './test-certificates.ts';
import { makeKey } from './test-keys.ts';

const root = makeCertificate({ subject: 'root', isCA: true });
const subordinate = makeCertificate({ subject: 'subordinate', isCA: true, pathLength: 1, issuer: root });
const leaf = makeCertificate({ subject: 'cluster-a', isCA: true, pathLength: 0, issuer: subordinate });
const strangers = [makeCertificate({ subject: 'stranger' }), makeCertificate({ subject: 'root', isCA: true }), makeCertificate({ subject: 'cluster-a', issuer: subordinate })];

const read = (certificate: TestCertificate): CertificateFacts => readCertificate(certificate.der);
const follow = (certificates: readonly TestCertificate[], anchors: readonly TestCertificate[] = [], of = leaf): Chain =>
  followChain(certificates.map(({ pem }) => pem), of.key.spkiDer, anchors.map(read));
const subjects = ({ leaf: { subject }, intermediates, root: top }: Chain): string => [subject, ...intermediates.map((each) => each.subject), '|', top?.subject].join(' ');

describe('a chain', () => {
  test('as AWS gives it is leaf, issuing CA, root: PEM without a newline at the end', () => {
    const chain = followChain([leaf.pem.trimEnd(), (subordinate.pem + root.pem).trimEnd()], leaf.key.spkiDer, []);
    assert.equal(subjects(chain), 'CN=cluster-a CN=subordinate | CN=root');
    assert.equal(chain.rootFrom, 'chain');
    assert.equal(chainPem(chain), leaf.pem + subordinate.pem);
    assert.equal(trustBundle(read(root), []), root.pem);
  });

  test('directly below a root has no intermediates', () => {
    const direct = makeCertificate({ subject: 'direct', issuer: root });
    assert.equal(subjects(follow([direct, root], [], direct)), 'CN=direct | CN=root');
    assert.equal(subjects(follow([direct], [root], direct)), 'CN=direct | CN=root');
  });

  test('of four tiers is followed to its end', () => {
    const deep = makeCertificate({ subject: 'deep', isCA: true, issuer: subordinate });
    const deepest = makeCertificate({ subject: 'deepest', issuer: deep });
    assert.equal(subjects(follow([root, deepest, subordinate, deep], [], deepest)), 'CN=deepest CN=deep CN=subordinate | CN=root');
  });

  test('without its root ends at the anchor that verifies it, and the source is told', () => {
    const chain = follow([leaf, subordinate], [strangers[1] ?? root, root]);
    assert.deepEqual([subjects(chain), chain.rootFrom], ['CN=cluster-a CN=subordinate | CN=root', 'anchor']);
    assert.equal(follow([leaf, subordinate, root], [root]).rootFrom, 'chain');
  });

  test('that no anchor verifies has no root, never a false one', () => {
    for (const anchors of [[], strangers, [subordinate]]) {
      const chain = follow([leaf, subordinate], anchors);
      assert.deepEqual([subjects(chain), chain.rootFrom], ['CN=cluster-a CN=subordinate | ', undefined]);
    }
    assert.equal(subjects(follow([leaf])), 'CN=cluster-a | ');
  });

  test('never takes a self-signed leaf for its own root', () => {
    const lone = makeCertificate({ subject: 'lone', isCA: true });
    assert.equal(subjects(follow([lone], [lone], lone)), 'CN=lone | ');
  });

  test('prefers a leaf that is not self-signed, and the younger of two', () => {
    const selfSigned = makeCertificate({ subject: 'cluster-a', key: leaf.key, isCA: true });
    const older = makeCertificate({ subject: 'older', key: leaf.key, issuer: subordinate, notBefore: new Date('2025-01-01T00:00:00Z') });
    const chain = follow([selfSigned, older, leaf, subordinate, root]);
    assert.equal(subjects(chain), 'CN=cluster-a CN=subordinate | CN=root');
    assert.deepEqual(new Set(chain.unused.map(({ sha256 }) => sha256)), new Set([selfSigned, older].map((each) => read(each).sha256)));
  });

  test('takes the shortest of several ways, whichever order they come in', () => {
    const otherRoot = makeCertificate({ subject: 'other root', isCA: true });
    const crossSigned = makeCertificate({ subject: 'root', key: root.key, isCA: true, issuer: otherRoot });
    const all = [leaf, crossSigned, otherRoot, subordinate];
    assert.equal(subjects(follow(all)), 'CN=cluster-a CN=subordinate CN=root | CN=other root');
    for (const certificates of [[...all, root], [root, ...all.toReversed()]]) {
      assert.equal(subjects(follow(certificates)), 'CN=cluster-a CN=subordinate | CN=root');
    }
    assert.equal(follow(all, [root]).rootFrom, 'anchor');
  });

  test('takes, of two certificates for one CA key, the one that lasts longer', () => {
    const renewed = makeCertificate({ subject: 'subordinate', key: subordinate.key, isCA: true, pathLength: 1, issuer: root, notAfter: new Date('2040-01-01T00:00:00Z') });
    for (const certificates of [[leaf, subordinate, renewed, root], [root, renewed, subordinate, leaf]]) {
      assert.equal(follow(certificates).intermediates[0]?.sha256, read(renewed).sha256);
    }
  });

  test('of CAs that signed each other comes to an end', () => {
    const [left, right] = [makeKey(), makeKey()];
    const stub = (subject: string, key: typeof left): TestCertificate => makeCertificate({ subject, key, isCA: true });
    const leftByRight = makeCertificate({ subject: 'left', key: left, isCA: true, issuer: stub('right', right) });
    const rightByLeft = makeCertificate({ subject: 'right', key: right, isCA: true, issuer: stub('left', left) });
    const below = makeCertificate({ subject: 'below', issuer: leftByRight });
    assert.equal(subjects(follow([rightByLeft, below, leftByRight], [], below)), 'CN=below CN=left CN=right | ');
  });

  test('does not climb through a certificate that is not a CA', () => {
    const notCA = makeCertificate({ subject: 'not a CA', issuer: subordinate, isCA: false });
    const below = makeCertificate({ subject: 'below', issuer: notCA });
    assert.equal(subjects(follow([below, notCA, subordinate, root], [], below)), 'CN=below | ');
  });
});

test('order, repetition, strangers and the way the PEM is written change no byte of the result', () => {
  const expected = { certificate: leaf.pem + subordinate.pem, ca: root.pem, rootFrom: 'chain' };
  const rewritings: readonly ((pem: string) => string)[] = [
    (pem) => pem,
    (pem) => pem.trimEnd(),
    (pem) => pem.replaceAll('\n', '\r\n'),
    (pem) => `\n\n ${pem}\n\n`,
    (pem) => `subject=CN = somebody\n${pem}`,
    (pem) => pem.replace(/(?<=-)\n(?!-)/, '\n \n').replaceAll(/([A-Za-z0-9+/]{64})\n/g, '$1'),
  ];
  const written = (certificate: TestCertificate) => fc.constantFrom(...rewritings).map((rewrite) => rewrite(certificate.pem));
  const needed = fc.tuple(...[leaf, subordinate, root].map(written));
  const more = fc.array(fc.constantFrom(leaf, subordinate, root, ...strangers).chain(written), { maxLength: 4 });
  const texts = fc
    .tuple(needed, more)
    .chain(([first, rest]) => fc.shuffledSubarray([...first, ...rest], { minLength: first.length + rest.length }))
    .chain((pems) => fc.nat(pems.length).map((cut) => [pems.slice(0, cut).join(''), pems.slice(cut).join('')]));
  fc.assert(
    fc.property(texts, (pems) => {
      const chain = followChain(pems, leaf.key.spkiDer, []);
      assert.deepEqual({ certificate: chainPem(chain), ca: chain.root && trustBundle(chain.root, []), rootFrom: chain.rootFrom }, expected);
    }),
    { numRuns: 40 },
  );
});

describe('certificates are refused', () => {
  test('when none carries the key', () => assert.throws(() => follow([subordinate, root]), { name: 'PkiError', code: 'no-leaf' }));

  test('when more than 32 different ones come, and not for being repeated', () => {
    const bulk = Array.from({ length: 32 }, (_, index) => makeCertificate({ subject: `${index}`, key: root.key }));
    assert.equal(subjects(follow([...bulk.slice(0, 29), leaf, subordinate, root, ...bulk.slice(0, 29)])), 'CN=cluster-a CN=subordinate | CN=root');
    assert.throws(() => follow([...bulk, leaf]), { code: 'too-many', message: /33 different/ });
  });

  test('when one of them is not a certificate, with its place', () => {
    const refused = (pems: readonly string[], message: RegExp): void =>
      assert.throws(() => followChain(pems, leaf.key.spkiDer, []), { name: 'PkiError', code: 'bad-certificate', message });
    refused([leaf.pem, writePem('PRIVATE KEY', Uint8Array.of(0x30, 0))], /^PEM block 2 is PRIVATE KEY, not CERTIFICATE/);
    refused([leaf.pem + writePem('CERTIFICATE', Uint8Array.of(0x30, 0))], /^PEM block 2: The certificate cannot be read/);
    refused([leaf.pem.replace('MII', 'MIH')], /^PEM block 1: The bytes are not DER/);
  });

  test('when there is no PEM, or too much of it; a blank chain beside the leaf is none', () => {
    assert.throws(() => followChain(['', ' \n'], leaf.key.spkiDer, []), { code: 'not-pem' });
    assert.throws(() => followChain([leaf.pem, 'no chain'], leaf.key.spkiDer, []), { code: 'not-pem' });
    assert.throws(() => followChain([leaf.pem, leaf.pem.repeat(700)], leaf.key.spkiDer, []), { code: 'too-large' });
    assert.equal(followChain([leaf.pem, ''], leaf.key.spkiDer, []).leaf.subject, 'CN=cluster-a');
  });
});

describe('the trust bundle', () => {
  const others = Array.from({ length: 3 }, (_, index) => makeCertificate({ subject: `anchor ${index}`, isCA: true }));

  test('has the same bytes whatever the order and repetition of anchors, and which of them is the root', () => {
    const all = [root, ...others].map(read);
    const bundles = fc.shuffledSubarray([...all, ...all], { minLength: 8 }).map(([first, ...rest]) => (first === undefined ? '' : trustBundle(first, rest)));
    const expected = all.toSorted((left, right) => (left.sha256 < right.sha256 ? -1 : 1)).map(({ pem }) => pem).join('');
    fc.assert(fc.property(bundles, (bundle) => assert.equal(bundle, expected)), { numRuns: 30 });
  });

  test('is read back as its anchors', () => {
    const bundle = trustBundle(read(root), others.map(read));
    assert.equal(readAnchors(`# our roots\r\n${bundle}${root.pem}`).map(({ pem }) => pem).join(''), bundle);
  });

  test('takes no anchor that is not a self-signed CA certificate, and says which and why', () => {
    const refused = (certificate: TestCertificate, message: RegExp): void =>
      assert.throws(() => readAnchors(root.pem + certificate.pem), { name: 'PkiError', code: 'bad-certificate', message });
    refused(subordinate, /^PEM block 2 \(CN=subordinate\) is not self-signed \(its issuer is CN=root\)/);
    refused(makeCertificate({ subject: 'plain' }), /block 2 \(CN=plain\) is not a CA certificate/);
    refused(makeCertificate({ subject: 'root', isCA: true, issuer: root }), /signature does not verify under its own key/);
    refused(makeCertificate({ subject: 'mute', isCA: true, keyUsages: ['crl sign'] }), /key usage without cert sign/);
    assert.throws(() => readAnchors('nothing'), { code: 'not-pem' });
  });
});
