import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { plan } from '../domain/plan.ts';
import { aPlanInput, aRequest, anIssuerConfig, approvedAt, authorityArn, someFacts } from '../domain/test-values.ts';
import { readCertificate } from '../pki/certificate.ts';
import { readCsr } from '../pki/csr.ts';
import { writePem } from '../pki/pem.ts';
import { makeCertificate, makeCsr } from '../pki/test-certificates.ts';
import { mutated } from '../pki/test-mutations.ts';
import { judgeCertificate, type Judgement } from './judge-certificate.ts';
import { csr, leafOf } from './planted-answers.ts';
import { root, subordinate } from './test-world.ts';

const facts = readCsr(csr.pem);
const planning = plan(aPlanInput({ csr: facts }));
const planned = planning.kind === 'plan' ? planning.plan : assert.fail(planning.message);
const leaf = leafOf(planned);
const truth = { certificate: leaf.pem + subordinate.pem, ca: root.pem };

function judge(certificate: string, chain?: string): Judgement {
  return judgeCertificate({
    answer: { certificate, chain },
    certificateArn: `${authorityArn}/certificate/aa`,
    csr: facts,
    plan: planned,
    base: approvedAt,
    facts: someFacts({ rootSHA256: readCertificate(root.der).sha256 }),
    anchors: [],
    now: new Date(approvedAt.getTime() + 5_000),
  });
}

/** What would be published; undefined where nothing is. */
function published(judged: Judgement): { readonly certificate: string; readonly ca: string } | undefined {
  if (judged.kind !== 'outcome' || judged.outcome.kind !== 'issued') return undefined;
  const { certificate, ca } = judged.outcome;
  return { certificate, ca };
}

test('order, repetition, strangers and the way the PEM is written change no published byte', () => {
  const strangers = [makeCertificate({ subject: 'stranger' }), makeCertificate({ subject: 'root', isCA: true }), makeCertificate({ subject: 'subordinate', isCA: true, issuer: root })];
  const rewritings: readonly ((pem: string) => string)[] = [
    (pem) => pem,
    (pem) => pem.trimEnd(),
    (pem) => pem.replaceAll('\n', '\r\n'),
    (pem) => `stray text\n${pem} \t\n\n`,
  ];
  const written = (pem: string) => fc.constantFrom(...rewritings).map((rewrite) => rewrite(pem));
  const needed = fc.tuple(...[leaf, subordinate, root].map(({ pem }) => written(pem)));
  const more = fc.array(fc.constantFrom(leaf, subordinate, root, ...strangers).chain(({ pem }) => written(pem)), { maxLength: 8 });
  const answers = fc
    .tuple(needed, more)
    .chain(([first, rest]) => fc.shuffledSubarray([...first, ...rest], { minLength: first.length + rest.length }))
    .chain((pems) => fc.nat(pems.length).map((cut) => [pems.slice(0, cut).join('\n'), pems.slice(cut).join('\n')] as const));
  fc.assert(
    fc.property(answers, ([certificate, chain]) => assert.deepEqual(published(judge(certificate, chain)), truth)),
    { numRuns: 60 },
  );
});

test('of an answer with bytes changed, the true certificates are published or nothing', () => {
  const ders = [leaf, subordinate, root].map(({ der }) => der);
  const changed = fc.tuple(...ders.map((der) => fc.oneof({ weight: 2, arbitrary: fc.constant(der) }, { weight: 1, arbitrary: mutated([der]) })));
  fc.assert(
    fc.property(changed, (blocks) => {
      const bytes = published(judge(blocks.map((der) => writePem('CERTIFICATE', der)).join('')));
      assert.deepEqual(bytes, bytes === undefined ? undefined : truth);
    }),
    { numRuns: 150 },
  );
});

test('of an answer that is cut off or garbled as text, the true certificates are published or nothing', () => {
  const whole = Buffer.from(leaf.pem + subordinate.pem + root.pem);
  fc.assert(
    fc.property(mutated([whole]), (text) => {
      const bytes = published(judge(Buffer.from(text).toString('latin1')));
      assert.deepEqual(bytes, bytes === undefined ? undefined : truth);
    }),
    { numRuns: 100 },
  );
});

test('purposes of a CA that only its CSR asks for are wanted, where the template takes them from there', () => {
  const clientAuth = '1.3.6.1.5.5.7.3.2';
  const asking = makeCsr({ subject: 'cluster-a.istio-ca', key: csr.key, sans: [{ kind: 'dns', value: 'istiod.istio-system.svc' }], extendedKeyUsages: [clientAuth] });
  const asked = readCsr(asking.pem);
  const judged = (template: string): Judgement => {
    const made = plan(aPlanInput({ csr: asked, request: aRequest({ usages: ['cert sign'] }), issuer: anIssuerConfig({ templateName: `${template}/V1` }) }));
    assert.ok(made.kind === 'plan');
    const answer = { certificate: leafOf(made.plan, { extendedKeyUsages: [clientAuth] }).pem, chain: subordinate.pem + root.pem };
    return judgeCertificate({ answer, certificateArn: `${authorityArn}/certificate/aa`, csr: asked, plan: made.plan, base: approvedAt, facts: someFacts(), anchors: [], now: new Date(approvedAt.getTime() + 5_000) });
  };
  for (const source of ['CSR', 'APICSR']) assert.ok(published(judged(`BlankSubordinateCACertificate_PathLen0_${source}Passthrough`)), source);
  assert.equal(judged('BlankSubordinateCACertificate_PathLen0_APIPassthrough').kind, 'refuted');
});
