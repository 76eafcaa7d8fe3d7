// Faults of AWS, one at a time: every one of them ends in exactly one certificate.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import type { FaultOrder } from '../../hack/pca-emulator/src/faults/fault-kinds.ts';
import { assertOnce, cacertsSpec, certManager, costOfFirst, readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { encodedCsr } from '../harness/csr.ts';
import { issuerSays } from '../harness/identities.ts';
import { assertIstioCa } from '../harness/verdict.ts';

/** The first thing that a request says. */
function firstWord(s: Scenario, name: string): Promise<ApiObject> {
  return s.api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name }, (request) => readyOf(request) !== undefined);
}

async function readyIssuer(s: Scenario, arn: string): Promise<IssuerRef> {
  const issuerRef = await s.clusterIssuer(arn);
  await issuerSays(s, 'AWSPCAClusterIssuer', 'True', 'Verified');
  return issuerRef;
}

/** Orders a cacerts while faults are queued for its CA. */
async function orderUnder(s: Scenario, faults: readonly FaultOrder[]): Promise<string> {
  const arn = await s.subordinate();
  const issuerRef = await readyIssuer(s, arn);
  for (const fault of faults) await s.fault(arn, fault);
  await s.certificate('cacerts', cacertsSpec(issuerRef));
  return arn;
}

const rows: readonly { readonly what: string; readonly faults: readonly FaultOrder[] }[] = [
  { what: 'a lost IssueCertificate reply', faults: [{ operation: 'IssueCertificate', kind: 'lost' }] },
  { what: 'three lost IssueCertificate replies in a row', faults: [{ operation: 'IssueCertificate', kind: 'lost', times: 3 }] },
  { what: 'throttled IssueCertificate calls', faults: [{ operation: 'IssueCertificate', kind: 'throttle', times: 3 }] },
  { what: 'access denied for a moment', faults: [{ operation: 'IssueCertificate', kind: 'access-denied', times: 2 }] },
  { what: 'an HTML body from a proxy', faults: [{ operation: 'IssueCertificate', kind: 'html', times: 2 }] },
  { what: 'a 500 and a reset', faults: [{ operation: 'IssueCertificate', kind: 'error-500' }, { operation: 'IssueCertificate', kind: 'reset' }] },
  { what: 'a truncated and an empty answer', faults: [{ operation: 'IssueCertificate', kind: 'truncated-json' }, { operation: 'IssueCertificate', kind: 'empty-200' }] },
  { what: 'GetCertificate that is throttled, denied, reset and empty', faults: (['throttle', 'access-denied', 'reset', 'empty-200'] as const).map((kind) => ({ operation: 'GetCertificate', kind })) },
  { what: 'a just-issued certificate that AWS does not find yet', faults: [{ operation: 'GetCertificate', kind: 'not-found', times: 2 }] },
];

describe('faults', { concurrency: 4 }, () => {
  for (const { what, faults } of rows) {
    scenario(`${what}: one certificate, no failure`, 'approving', async (s) => {
      const arn = await orderUnder(s, faults);
      await assertIstioCa(await s.secretOf('cacerts'));
      await assertOnce(s, arn);
    });
  }

  scenario('while access is denied the request says Pending, with operation, CA and template', 'approving', async (s) => {
    const arn = await orderUnder(s, [{ operation: 'IssueCertificate', kind: 'access-denied', times: -1 }]);
    const { message = '' } = readyOf(await s.requestWith('cacerts-1', 'Pending')) ?? {};
    assert.ok(message.startsWith(`failed to request certificate from PCA: IssueCertificate on ${arn} with template SubordinateCACertificate_PathLen0/V1: AccessDeniedException: `), message);
    await s.heal();
    await assertIstioCa(await s.secretOf('cacerts'));
    await assertOnce(s, arn);
  });

  scenario('a certificate over another key is never published: one more is asked for', 'approving', async (s) => {
    const arn = await orderUnder(s, [{ operation: 'IssueCertificate', kind: 'wrong-key' }]);
    await assertIstioCa(await s.secretOf('cacerts'));
    assert.equal(await costOfFirst(s, arn), 2);
  });

  scenario('a planted certificate of another CA is never published', 'approving', async (s) => {
    const [foreignRoot = ''] = await s.hierarchy([{ name: 'foreign', keyAlgorithm: 'EC_prime256v1' }]);
    const foreign = (await s.emulator.authorities()).find(({ arn }) => arn === foreignRoot);
    const body = { Certificate: foreign?.certificate, CertificateChain: foreign?.certificate };
    await orderUnder(s, [{ operation: 'GetCertificate', kind: 'plant', body, times: 2 }]);
    const failed = await s.requestWith('cacerts-1', 'Failed');
    assert.match(readyOf(failed)?.message ?? '', /^the certificate that AWS returned .* for the second time; neither was published/);
    assert.deepEqual([failed['status'].certificate, typeof failed['status'].failureTime], [undefined, 'string']);
  });

  scenario('a CSR that AWS does not certify fails at once, with failureTime and a sentence, and costs nothing', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await readyIssuer(s, arn);
    await s.request('ed25519', { request: encodedCsr({ key: 'Ed25519' }), issuerRef, usages: ['server auth'] });
    const failed = await firstWord(s, 'ed25519');
    assert.equal(readyOf(failed)?.reason, 'Failed');
    assert.match(readyOf(failed)?.message ?? '', /the CSR's key is Ed25519, which AWS Private CA does not certify; use ECDSA/);
    assert.equal(typeof failed['status'].failureTime, 'string');
    assert.equal(await s.issuedBy(arn), 0);
  });

  scenario('name constraints, which the template would drop, fail the request by name', 'approving', async (s) => {
    const arn = await s.subordinate();
    await s.certificate('cacerts', {
      ...cacertsSpec(await readyIssuer(s, arn)),
      nameConstraints: { critical: true, permitted: { dnsDomains: ['cluster.local'] } },
    });
    const failed = await firstWord(s, 'cacerts-1');
    assert.equal(readyOf(failed)?.reason, 'Failed');
    assert.match(readyOf(failed)?.message ?? '', /name constraints/i);
    assert.equal(await s.issuedBy(arn), 0);
  });
});
