// Leaf certificates: usages choose the template, and istio-csr's kind of request is quick.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { encodedCsr } from '../harness/csr.ts';
import { allowedMs } from '../harness/replicas.ts';
import { assertOnce, readyOf, scenario } from '../harness/scenario.ts';
import { assertLeaf, assertRequestLeaf } from '../harness/verdict.ts';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

const rows = [
  { usages: ['server auth'], template: 'EndEntityServerAuthCertificate/V1', purposes: [serverAuth] },
  { usages: ['client auth'], template: 'EndEntityClientAuthCertificate/V1', purposes: [clientAuth] },
  { usages: ['code signing'], template: 'CodeSigningCertificate/V1', purposes: ['1.3.6.1.5.5.7.3.3'] },
  { usages: ['ocsp signing'], template: 'OCSPSigningCertificate/V1', purposes: ['1.3.6.1.5.5.7.3.9'] },
  { usages: ['client auth', 'server auth'], template: 'EndEntityCertificate/V1', purposes: [serverAuth, clientAuth] },
  { usages: ['server auth', 'client auth'], template: 'EndEntityCertificate/V1', purposes: [serverAuth, clientAuth] },
  { usages: undefined, template: 'BlankEndEntityCertificate_APICSRPassthrough/V1', purposes: [] },
  { usages: ['digital signature', 'key encipherment', 'server auth'], template: 'BlankEndEntityCertificate_APICSRPassthrough/V1', purposes: [serverAuth] },
  { usages: ['digital signature', 'timestamping'], template: 'BlankEndEntityCertificate_APICSRPassthrough/V1', purposes: ['1.3.6.1.5.5.7.3.8'] },
] as const;

describe('leaves', { concurrency: 4 }, () => {
  for (const { usages, template, purposes } of rows) {
    scenario(`usages [${usages?.join(', ') ?? ''}] are signed with ${template}`, 'approving', async (s) => {
      const arn = await s.subordinate();
      const issuerRef = await s.clusterIssuer(arn);
      await s.certificate('leaf', {
        secretName: 'leaf',
        commonName: 'checkout.example.com',
        dnsNames: ['checkout.example.com'],
        duration: '24h',
        privateKey: { algorithm: 'ECDSA', size: 256 },
        ...(usages === undefined ? {} : { usages }),
        issuerRef,
      });
      await assertLeaf(await s.secretOf('leaf'), { extendedKeyUsages: purposes, names: ['checkout.example.com'] });
      const { entries } = await s.emulator.journal({ ca: arn });
      const issue = entries.find(({ operation }) => operation === 'IssueCertificate');
      assert.equal(issue?.template, `arn:aws:acm-pca:::template/${template}`);
      await assertOnce(s, arn);
    });
  }

  scenario('isCA is signed with SubordinateCACertificate_PathLen0, whatever the usages', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn);
    await s.certificate('ca', { isCA: true, secretName: 'ca', commonName: 'a ca', usages: ['server auth', 'cert sign'], issuerRef });
    await s.secretOf('ca');
    const { entries } = await s.emulator.journal({ ca: arn });
    const issue = entries.find(({ operation }) => operation === 'IssueCertificate');
    assert.equal(issue?.template, 'arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1');
  });

  scenario('the issuer\'s default template wins over the usages', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn, { pcaTemplate: { defaultTemplateName: 'EndEntityClientAuthCertificate/V1' } });
    await s.certificate('leaf', { secretName: 'leaf', commonName: 'a client', usages: ['server auth'], issuerRef });
    await assertLeaf(await s.secretOf('leaf'), { extendedKeyUsages: [clientAuth] });
  });

  scenario('istio-csr\'s kind of request (URI SAN only, generated name, one hour) is issued in under ten seconds', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn);
    const uri = 'spiffe://cluster.local/ns/payments/sa/checkout';
    const csr = encodedCsr({ subject: '', sans: [{ kind: 'uri', value: uri }], sanIsCritical: true });
    const started = performance.now();
    const made: ApiObject = await s.api.create<ApiObject>({
      apiVersion: 'cert-manager.io/v1',
      kind: 'CertificateRequest',
      metadata: { generateName: 'istio-csr-', namespace: s.namespace },
      spec: { request: csr, duration: '1h', usages: ['client auth', 'server auth'], issuerRef },
    });
    const issued = await s.requestWith(made.metadata.name ?? '', 'Issued');
    const seconds = (performance.now() - started) / 1_000;
    assert.ok(seconds < allowedMs(10_000) / 1_000, `it took ${seconds.toFixed(1)} s`);
    await assertRequestLeaf(issued, { names: [uri] });
    assert.equal(readyOf(issued)?.status, 'True');
  });
});
