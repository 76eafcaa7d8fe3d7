// Every Secret that breaks a mesh and that an issuer could cause: ours does not publish it, and this is what istiod would have made of it.
// The rows are those of istiod's load check. e2e/scenarios/planted.test.ts has these already, each refused: no intermediate above the
// certificate, another root or none, the subordinate as top (its end is in loads.test.ts), an intermediate that has expired, one that is
// no CA or may sign nothing, a path length that is not 0, CRLF and comments. An issuer cannot cause: a key that is of another kind,
// encrypted or somebody else's, since cert-manager makes it and looks at the certificate's before it writes; and what does no harm:
// keys and tiers of every kind, a root on the wire three times, a second root, six hours that are left.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { dataOf, decode, textOf } from '../../hack/control-plane/api/secret-data.ts';
import { judge } from '../../hack/control-plane/check.ts';
import { makeCertificate, type TestCertificateOptions } from '../../src/pki/test-certificates.ts';
import { makeKey } from '../../src/pki/test-keys.ts';
import { cacertsSpec, certManager, ours, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { orderByHand, type HandOrder, type Issued } from './order-by-hand.ts';

interface Answer {
  readonly Certificate: string;
  readonly CertificateChain?: string;
}

interface Row {
  readonly what: string;
  /** Ordered over the request's CSR in place of what we ordered, so that AWS's own signature is on it. */
  readonly instead?: Pick<HandOrder, 'template' | 'passthrough'>;
  /** What GetCertificate answers. */
  readonly answer: (real: Issued) => Answer;
  /** tls.crt and ca.crt of an issuer that copies that answer. */
  readonly copied: (real: Issued) => readonly [tls: string, ca: string];
  /** What istiod's load check, or a peer of its first workload, says of those. */
  readonly istiod: RegExp;
  readonly ours: 'published' | { readonly reason: 'Failed' | 'Pending'; readonly says: RegExp };
}

const longAgo = new Date('2026-02-01T00:00:00Z');
const strangeRoot = makeCertificate({ subject: 'made by the test', isCA: true });
const endedRoot = makeCertificate({ subject: 'made by the test', isCA: true, key: strangeRoot.key, notAfter: longAgo });

/** The issuing CA's own key and name, certified in another way. */
function subordinateAs({ subordinate }: Issued, changes: TestCertificateOptions): string {
  const { publicKey, subject } = new X509Certificate(subordinate);
  const key = { ...makeKey(), publicKey, spkiDer: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
  return makeCertificate({ subject: subject.replace('CN=', ''), key, isCA: true, pathLength: 1, issuer: strangeRoot, ...changes }).pem;
}

const asItIs = ({ certificate, subordinate, root }: Issued): Answer => ({ Certificate: certificate.trim(), CertificateChain: `${subordinate}${root}`.trim() });
const above = (changes: TestCertificateOptions, top = strangeRoot): Pick<Row, 'answer' | 'copied'> => ({
  answer: (real) => ({ Certificate: real.certificate, CertificateChain: subordinateAs(real, changes) + top.pem }),
  copied: (real) => [real.certificate + subordinateAs(real, changes), top.pem],
});
const straight = ({ certificate, subordinate, root }: Issued): readonly [string, string] => [certificate + subordinate, root];

const rows: readonly Row[] = [
  {
    what: 'the issuing CA at the head of tls.crt',
    answer: ({ certificate, subordinate, root }) => ({ Certificate: subordinate, CertificateChain: certificate + root }),
    copied: ({ certificate, subordinate, root }) => [subordinate + certificate, root],
    istiod: /the cert does not match the key/,
    ours: 'published',
  },
  {
    what: 'no newline at the end of tls.crt, as AWS writes it',
    answer: asItIs,
    copied: ({ certificate, subordinate, root }) => [`${certificate}${subordinate}`.trim(), root],
    istiod: /certificate signed by unknown authority/,
    ours: 'published',
  },
  {
    what: 'no newline between the certificate and its chain',
    answer: asItIs,
    copied: ({ certificate, subordinate, root }) => [certificate.trim() + subordinate, root],
    istiod: /failed to parse cert PEM: invalid PEM encoded certificate/,
    ours: 'published',
  },
  {
    what: 'an extended key usage for clients alone',
    instead: { template: 'SubordinateCACertificate_PathLen0_APIPassthrough', passthrough: { Extensions: { ExtendedKeyUsage: [{ ExtendedKeyUsageType: 'CLIENT_AUTH' }] } } },
    answer: asItIs,
    copied: straight,
    istiod: /certificate specifies an incompatible key usage/,
    ours: { reason: 'Failed', says: /carries the extended key usage 1\.3\.6\.1\.5\.5\.7\.3\.2, which was not asked for, for the second time/ },
  },
  {
    what: 'an end-entity certificate',
    instead: { template: 'EndEntityCertificate' },
    answer: asItIs,
    copied: straight,
    istiod: /certificate is not authorized to sign other certificates/,
    ours: { reason: 'Failed', says: /is not a CA certificate, for the second time/ },
  },
  {
    what: 'an issuing CA that has expired',
    ...above({ notAfter: longAgo }),
    istiod: /certificate has expired or is not yet valid/,
    ours: { reason: 'Pending', says: /stands below CN=.* which ended at 2026-02-01/ },
  },
  {
    what: 'a root that has expired',
    ...above({}, endedRoot),
    istiod: /certificate has expired or is not yet valid/,
    ours: { reason: 'Pending', says: /stands below CN=made by the test .* which ended at 2026-02-01/ },
  },
  {
    what: 'an issuing CA of path length 0, which istiod takes',
    ...above({ pathLength: 0 }),
    istiod: /too many intermediates for path length constraint/,
    ours: { reason: 'Pending', says: /stands below CN=.* whose path length 0 leaves no room for 1 CA certificates/ },
  },
];

/** Orders a cacerts and gives the answer of the row for it. @returns what AWS holds, and the key of the request. */
async function order(s: Scenario, arn: string, { instead, answer }: Pick<Row, 'instead' | 'answer'>): Promise<{ readonly real: Issued; readonly key: string }> {
  const issuerRef = await s.clusterIssuer(arn);
  await s.api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: s.namespace }, (object) => hasCondition(object, 'Ready'));
  const held = await s.emulator.fault({ operation: 'GetCertificate', kind: 'in-progress', ca: arn, times: -1 });
  await s.certificate('cacerts', cacertsSpec(issuerRef));
  await s.emulator.waitForJournal(({ operation }) => operation === 'GetCertificate', { ca: arn });
  const [ordered] = await s.emulator.certificates(arn);
  const key = await nextKey(s);
  const request = await s.api.get({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: 'cacerts-1' });
  const csrPem = decode(request?.['spec'].request as string);
  const end = new X509Certificate(ordered?.certificate ?? '').validToDate.getTime() / 1_000;
  const other = await orderByHand(s, { arn, csrPem, validity: { Type: 'ABSOLUTE', Value: end }, ...instead });
  const real = instead === undefined ? { ...other, certificate: `${ordered?.certificate.trim()}\n` } : other;
  await s.fault(arn, { operation: 'GetCertificate', kind: 'plant', body: answer(real), times: -1 });
  await s.emulator.clearFaults({ id: held.id });
  return { real, key };
}

/** What istiod and a peer of its first workload say of a Secret with the request's own key. */
async function askIstiod(key: string, [tls, ca]: readonly [string, string]): Promise<string> {
  const verdict = await judge({ data: { ...dataOf({ 'tls.crt': tls, 'ca.crt': ca }), 'tls.key': key } }, { profile: 'istio-ca' }).catch((error: unknown) => error as Error);
  if (verdict instanceof Error) return verdict.message; // not even a certificate to describe
  const asked = verdict.checks.filter(({ name, holds }) => !holds && (name === 'istiod loads these files' || name.startsWith('a workload certificate that it signs')));
  return asked.map(({ detail }) => detail).join('\n');
}

/** What cert-manager keeps aside until the certificate is there. */
async function nextKey(s: Scenario): Promise<string> {
  const certificate = await s.api.get({ apiVersion: certManager, kind: 'Certificate', namespace: s.namespace, name: 'cacerts' });
  const secret = await s.api.get({ apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: certificate?.['status'].nextPrivateKeySecretName as string });
  return (secret?.['data']['tls.key'] as string | undefined) ?? assert.fail('the request has no key');
}

async function assertRow(s: Scenario, arn: string, row: Row): Promise<void> {
  const { real, key } = await order(s, arn, row);
  if (row.ours === 'published') {
    await assertIstioCa(await s.secretOf('cacerts'));
  } else {
    const { reason, says } = row.ours;
    const request = await s.api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: 'cacerts-1' }, (object) => says.test(readyOf(object)?.message ?? ''), {
      what: `the request to say ${says.source}`,
    });
    assert.deepEqual([readyOf(request)?.reason, request['status'].certificate], [reason, undefined]);
    assert.equal(await s.api.get({ apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'cacerts' }), undefined);
  }
  assert.match(await askIstiod(key, row.copied(real)), row.istiod);
}

describe('what would break a mesh is not published', { concurrency: 3 }, () => {
  for (const row of rows) scenario(row.what, 'mesh-a', async (s) => assertRow(s, await s.subordinate(), row));

  scenario('no newline at the end of tls.crt, right below the root', 'mesh-a', async (s) => {
    const [arn = ''] = await s.hierarchy([{ name: 'root', keyAlgorithm: 'EC_prime256v1' }]);
    await assertRow(s, arn, {
      what: '',
      answer: ({ certificate, subordinate }) => ({ Certificate: certificate.trim(), CertificateChain: subordinate.trim() }),
      copied: ({ certificate, subordinate }) => [certificate.trim(), subordinate],
      istiod: /failed to get default cert TTL: failed to parse the cert: invalid PEM encoded certificate/,
      ours: 'published',
    });
  });

  // Whether they fit the trust domain nobody but the mesh knows: this one is published, with a warning.
  scenario('an issuing CA whose name constraints leave the trust domain out, which istiod takes', 'mesh-a', async (s) => {
    const key = { keyAlgorithm: 'EC_prime256v1' } as const;
    const [, arn = ''] = await s.hierarchy([{ name: 'root', ...key }, { name: 'subordinate', ...key, nameConstraints: { permitted: [{ UniformResourceIdentifier: 'other.domain' }] } }]);
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    const secret = await s.secretOf('cacerts');
    assert.match(await askIstiod(secret['data']['tls.key'] as string, [textOf(secret, 'tls.crt'), textOf(secret, 'ca.crt')]), /is not permitted by any constraint/);
    const where = { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: s.namespace };
    const says = /CN=.* above the certificate carries name constraints: istiod does not look at them/;
    const tells = (event: ApiObject): boolean => event['type'] === 'Warning' && says.test(event['note'] as string);
    await s.api.waitFor(where, tells, { what: 'an Event that tells of the name constraints' });
  });

  scenario('a subordinate among the roots is no anchor of an issuer', 'mesh-a', async (s) => {
    const arn = await s.subordinate();
    const subordinate = (await s.emulator.authorities()).find((each) => each.arn === arn)?.certificate ?? '';
    await s.clusterIssuer(arn, { additionalTrustAnchors: `${subordinate}\n` });
    const issuer = await s.api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: s.namespace }, (object) => hasCondition(object, 'Ready', 'False'));
    assert.match(readyOf(issuer)?.message ?? '', /spec\.additionalTrustAnchors: .*self-signed/);
  });
});
