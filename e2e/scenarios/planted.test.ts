// Planted answers of GetCertificate: what is right is published in canonical bytes, what is not is never published.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { makeCertificate, type TestCertificateOptions } from '../../src/pki/test-certificates.ts';
import { makeKey } from '../../src/pki/test-keys.ts';
import { issuerWarns, leafFrom } from '../harness/identities.ts';
import { cacertsSpec, certManager, costOfFirst, ours, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';

/** What AWS holds: the certificate, its issuing CA and the root, each as one PEM block. */
interface Real {
  readonly authorityArn: string;
  readonly leaf: string;
  readonly subordinate: string;
  readonly root: string;
}

interface Answer {
  readonly Certificate: string;
  readonly CertificateChain?: string;
}

/** Orders a cacerts and holds AWS's answer back until the certificate is there to be tampered with. */
async function order(s: Scenario, tamper: (real: Real) => Answer, times = -1): Promise<Real> {
  const authorityArn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(authorityArn);
  await s.api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: s.namespace }, (object) => hasCondition(object, 'Ready'));
  const held = await s.emulator.fault({ operation: 'GetCertificate', kind: 'in-progress', ca: authorityArn, times: -1 });
  await s.certificate('cacerts', cacertsSpec(issuerRef));
  await s.emulator.waitForJournal(({ operation }) => operation === 'GetCertificate', { ca: authorityArn });
  const [issued] = await s.emulator.certificates(authorityArn);
  const authority = (await s.emulator.authorities()).find(({ arn }) => arn === authorityArn);
  const [root = ''] = authority?.chain ?? [];
  const real = { authorityArn, leaf: issued?.certificate ?? '', subordinate: authority?.certificate ?? '', root };
  await s.fault(authorityArn, { operation: 'GetCertificate', kind: 'plant', body: tamper(real), times });
  await s.emulator.clearFaults({ id: held.id });
  return real;
}

const strangers = Array.from({ length: 40 }, (_, index) => makeCertificate({ subject: `stranger ${index}`, key: 'P-256', isCA: true }).pem);
const foreignRoot = makeCertificate({ subject: 'foreign root', isCA: true });
const foreign = makeCertificate({ subject: 'foreign', isCA: true, issuer: foreignRoot });

/** The real certificate, but for the changes and for its issuer: AWS's key is not ours to sign with. */
function forged(real: Real, changes: TestCertificateOptions): Answer {
  const { publicKey, validFromDate, validToDate } = new X509Certificate(real.leaf);
  const key = { ...makeKey(), publicKey, spkiDer: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
  const asPlanned = { subject: 'cluster-a.istio-ca', isCA: true, pathLength: 0, notBefore: validFromDate, notAfter: validToDate };
  return { Certificate: makeCertificate({ ...asPlanned, key, issuer: foreign, ...changes }).pem, CertificateChain: foreign.pem + foreignRoot.pem };
}

function requestThatSays(s: Scenario, says: RegExp): Promise<ApiObject> {
  return s.api.waitFor(
    { apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: 'cacerts-1' },
    (object) => says.test(readyOf(object)?.message ?? ''),
    { what: `CertificateRequest cacerts-1 to say ${says.source}` },
  );
}

async function assertCost(s: Scenario, { authorityArn }: Real, certificates: number): Promise<void> {
  const { counters } = await s.emulator.journal({ ca: authorityArn });
  assert.deepEqual([await costOfFirst(s, authorityArn), counters.violations], [certificates, 0]);
}

const text = (...blocks: readonly string[]): string => blocks.map((block) => `${block.trim()}\n`).join('');

const sound: readonly { readonly what: string; readonly tamper: (real: Real) => Answer }[] = [
  {
    what: 'shuffled, duplicated and unrelated certificates',
    tamper: ({ leaf, subordinate, root }) => ({ Certificate: leaf, CertificateChain: text(root, ...strangers.slice(0, 9), subordinate, leaf, root, foreign.pem, foreignRoot.pem, subordinate) }),
  },
  {
    what: 'CRLF, stray text and blanks at the end',
    tamper: ({ leaf, subordinate, root }) => ({ Certificate: `${leaf.replaceAll('\n', '\r\n')} \r\n\r\n`, CertificateChain: `issuing CA:\r\n${text(subordinate)}the root:\n${text(root)}\n \t\n\n` }),
  },
];

const refuted: readonly { readonly what: string; readonly changes: TestCertificateOptions; readonly says: RegExp }[] = [
  { what: 'without its CA flag', changes: { isCA: false, pathLength: undefined }, says: /returned is not a CA certificate, for the second time/ },
  { what: 'with path length 3', changes: { pathLength: 3 }, says: /returned has path length 3 where 0 was asked for, for the second time/ },
  { what: 'without cert sign', changes: { keyUsages: ['digital signature'] }, says: /returned lacks the key usage cert sign, crl sign, for the second time/ },
  { what: 'of half the length', changes: { notAfter: new Date(Date.now() + 45 * 86_400_000) }, says: /returned ends at .* was asked for, for the second time/ },
  { what: 'that has ended', changes: { notAfter: new Date(Date.now() - 60_000) }, says: /returned ended at .*, for the second time/ },
];

const unreadable: readonly { readonly what: string; readonly tamper: (real: Real) => Answer }[] = [
  { what: 'no PEM', tamper: () => ({ Certificate: 'the certificate', CertificateChain: 'its chain' }) },
  { what: 'almost a megabyte', tamper: ({ leaf }) => ({ Certificate: text(leaf).repeat(1_000) }) },
  { what: '40 extra intermediates', tamper: ({ leaf, subordinate, root }) => ({ Certificate: leaf, CertificateChain: text(subordinate, ...strangers, root) }) },
];

const unproven: readonly { readonly what: string; readonly tamper: (real: Real) => Answer; readonly says: RegExp }[] = [
  { what: 'no chain', tamper: ({ leaf }) => ({ Certificate: leaf }), says: /is signed by CN=.*, which is not in the chain that came with it/ },
  { what: 'the root as its whole chain', tamper: ({ leaf, root }) => ({ Certificate: leaf, CertificateChain: root }), says: /which is not in the chain that came with it/ },
  { what: "another CA's chain", tamper: ({ leaf }) => ({ Certificate: leaf, CertificateChain: text(foreign.pem, foreignRoot.pem) }), says: /which is not in the chain that came with it/ },
  { what: "another CA's signature and chain", tamper: (real) => forged(real, {}), says: /stands below the root CN=foreign root .*, but the CA of this issuer stands below another one/ },
  { what: 'a subordinate as top', tamper: ({ leaf, subordinate }) => ({ Certificate: leaf, CertificateChain: subordinate }), says: /ends in no self-signed certificate, .* spec\.additionalTrustAnchors/ },
];

describe('planted answers', { concurrency: 4 }, () => {
  for (const { what, tamper } of sound) {
    scenario(`${what}: published in canonical bytes`, 'approving', async (s) => {
      const real = await order(s, tamper);
      const secret = await s.secretOf('cacerts');
      await assertIstioCa(secret);
      assert.deepEqual([textOf(secret, 'tls.crt'), textOf(secret, 'ca.crt')], [text(real.leaf, real.subordinate), text(real.root)]);
      await assertCost(s, real, 1);
    });
  }

  for (const { what, changes, says } of refuted) {
    scenario(`a certificate ${what} is dropped, and its successor too: Failed, and never a third`, 'approving', async (s) => {
      const real = await order(s, (each) => forged(each, changes));
      const failed = await s.requestWith('cacerts-1', 'Failed');
      assert.match(readyOf(failed)?.message ?? '', says);
      assert.deepEqual([failed['status'].certificate, typeof failed['status'].failureTime], [undefined, 'string']);
      await assertCost(s, real, 2);
    });
  }

  for (const { what, tamper } of unreadable) {
    scenario(`an answer of ${what} is asked for again, and costs no second certificate`, 'approving', async (s) => {
      const real = await order(s, tamper, 3);
      await assertIstioCa(await s.secretOf('cacerts'));
      await assertCost(s, real, 1);
    });
  }

  for (const { what, tamper, says } of unproven) {
    scenario(`a certificate with ${what} waits, says why, and is published once the chain is right`, 'approving', async (s) => {
      const real = await order(s, tamper);
      const waits = await requestThatSays(s, says);
      assert.deepEqual([readyOf(waits)?.reason, waits['status'].certificate], ['Pending', undefined]);
      if (what === 'a subordinate as top') {
        await s.clusterIssuer(real.authorityArn, { additionalTrustAnchors: real.root });
      } else {
        await s.heal();
        await s.clusterIssuer(real.authorityArn, { notBeforeOffset: '16m' });
      }
      await assertIstioCa(await s.secretOf('cacerts'));
      await assertCost(s, real, 1);
    });
  }

  // Go, and so istiod, does not compare directory names, and refuses critical constraints on them.
  const constrained = (s: Scenario): Promise<readonly string[]> =>
    s.hierarchy([{ name: 'root', keyAlgorithm: 'EC_prime256v1', nameConstraints: { excluded: [{ DirectoryName: { Organization: 'nobody' } }] } }, { name: 'subordinate', keyAlgorithm: 'EC_prime256v1' }]);
  const refuses = /Go's crypto\/x509, and so istiod, refuses the critical name constraints on directory names of CN=\S+ root \(serial [0-9a-f]+\); name a CA in spec\.arn/;

  scenario('a CA below constraints that istiod refuses: a CA request waits, nothing is bought, and another CA cures it', 'approving', async (s) => {
    const [, arn = ''] = await constrained(s);
    const issuerRef = await s.clusterIssuer(arn);
    await s.certificate('cacerts', cacertsSpec(issuerRef));
    const waits = await requestThatSays(s, refuses);
    assert.match(readyOf(waits)?.message ?? '', /a certificate of arn:aws:acm-pca:\S+ could not be used: /);
    assert.equal((await issuerWarns(s, 'AWSPCAClusterIssuer', 'RequestsWaiting', true, refuses))?.reason, 'ForbiddenByChain');
    const { counters } = await s.emulator.journal({ ca: arn });
    assert.equal(counters.certificatesIssued, 0);
    // Others than Go may well take a leaf.
    await leafFrom(s, issuerRef);
    const events = { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: s.namespace };
    await s.api.waitFor(events, ({ note }) => /only verifiers that are laxer accept the certificate: Go's crypto/.test(String(note)), { what: 'an Event that tells who refuses the leaf' });
    await s.clusterIssuer(await s.subordinate());
    await assertIstioCa(await s.secretOf('cacerts'));
  });

  scenario('the same CA, whose certificate nobody may read: what was bought is not published, and bought once', 'approving', async (s) => {
    const [, arn = ''] = await constrained(s);
    await s.emulator.addPermission({ effect: 'deny', operation: 'GetCertificateAuthorityCertificate', ca: arn });
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    const waits = await requestThatSays(s, refuses);
    assert.match(readyOf(waits)?.message ?? '', /the certificate that AWS returned cannot be used: .*; it is not published/);
    assert.equal(waits['status'].certificate, undefined);
    const { counters } = await s.emulator.journal({ ca: arn });
    assert.equal(counters.certificatesIssued, 1);
  });
});
