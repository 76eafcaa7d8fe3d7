// Test support: what AWS, or somebody in its place, may answer in place of the certificate that was asked for.
import type { Plan } from '../domain/plan.ts';
import { constraintsExtension, policyDemand } from '../domain/test-constraints.ts';
import { type TestCertificate, type TestCertificateOptions, makeCertificate, makeCsr } from '../pki/test-certificates.ts';
import type { SignedCertificate } from './ports.ts';
import { root, subordinate } from './test-world.ts';

export interface Planted {
  readonly what: string;
  readonly answer: (plan: Plan) => SignedCertificate;
}

/** `says`: what stands between "the certificate that AWS returned" and the ARN or the end. */
export interface Refused extends Planted {
  readonly says: RegExp;
}

const day = 86_400_000;
const subject = 'cluster-a.istio-ca';
export const name = { kind: 'dns', value: 'istiod.istio-system.svc' } as const;
export const csr = makeCsr({ subject, sans: [name] });

/** The certificate as the plan has it, but for the changes. */
export function leafOf(plan: Plan, changes: TestCertificateOptions = {}): TestCertificate {
  const { notBefore, notAfter } = plan;
  return makeCertificate({ subject, key: csr.key, issuer: subordinate, isCA: true, pathLength: 0, sans: [name], notBefore, notAfter, ...changes });
}

/** As AWS writes it: no newline at the end, the root last. */
export function answerOf(leaf: TestCertificate, chain: readonly TestCertificate[] = [subordinate, root]): SignedCertificate {
  return { certificate: leaf.pem.trim(), chain: chain.map(({ pem }) => pem).join('').trim() };
}

const changed = (changes: TestCertificateOptions) => (plan: Plan) => answerOf(leafOf(plan, changes));
const shifted = (startMs: number, endMs: number) => (plan: Plan) =>
  answerOf(leafOf(plan, { notBefore: new Date(plan.notBefore.getTime() + startMs), notAfter: new Date(plan.notAfter.getTime() + endMs) }));
const chained = (...chain: readonly TestCertificate[]) => (plan: Plan) => answerOf(leafOf(plan), chain);
const rewritten = (rewrite: (pem: string) => string) => (plan: Plan): SignedCertificate => {
  const { certificate, chain = '' } = answerOf(leafOf(plan));
  return { certificate: rewrite(certificate), chain: rewrite(chain) };
};
/** A hierarchy beside ours: what was issued under it verifies, but not for this issuer. */
const foreignRoot = makeCertificate({ subject: 'foreign root', isCA: true });
const foreign = makeCertificate({ subject: 'foreign', isCA: true, pathLength: 1, issuer: foreignRoot });
const strangers = (count: number): readonly TestCertificate[] =>
  Array.from({ length: count }, (_, index) => makeCertificate({ subject: `stranger ${index}`, key: foreignRoot.key, isCA: true }));
/** Our subordinate under its own key, certified in another way. */
const subordinateAs = (changes: TestCertificateOptions): TestCertificate =>
  makeCertificate({ subject: 'subordinate', key: subordinate.key, isCA: true, pathLength: 1, issuer: root, ...changes });
const rootAs = (changes: TestCertificateOptions): TestCertificate => makeCertificate({ subject: 'root', key: root.key, isCA: true, ...changes });
const critical = (oid: string) => [{ oid, isCritical: true, der: Uint8Array.of(5, 0) }];

/** Right, however it is written. */
export const sound: readonly Planted[] = [
  { what: 'as AWS writes it', answer: chained(subordinate, root) },
  { what: 'root first', answer: chained(root, subordinate) },
  { what: 'everything twice', answer: chained(subordinate, subordinate, root, subordinate, root) },
  { what: 'the leaf once more in the chain', answer: (plan) => ((leaf) => answerOf(leaf, [root, leaf, subordinate]))(leafOf(plan)) },
  { what: 'ten unrelated certificates', answer: chained(...strangers(5), subordinate, ...strangers(5), root) },
  { what: "another CA's whole chain beside ours", answer: chained(foreign, foreignRoot, subordinate, root) },
  { what: 'CRLF', answer: rewritten((pem) => pem.replaceAll('\n', '\r\n')) },
  { what: 'stray text between the blocks', answer: rewritten((pem) => pem.replaceAll('-----BEGIN', '\nsubject=CN = somebody\n-----BEGIN')) },
  { what: 'blanks and newlines at the end', answer: rewritten((pem) => `${pem} \t\r\n\n  \n`) },
  { what: 'all in the first text', answer: (plan) => ({ certificate: root.pem + subordinate.pem + leafOf(plan).pem, chain: undefined }) },
  { what: 'one long line of base64', answer: rewritten((pem) => pem.replaceAll(/([A-Za-z0-9+/]{64})\n/g, '$1')) },
  { what: 'a start an hour back, as AWS gives it by itself', answer: shifted(-45 * 60_000, 0) },
];

/** Another certificate than the one that was asked for. */
export const refuted: readonly Refused[] = [
  { what: 'another key', answer: changed({ key: makeCsr().key }), says: /^is for another key than the CSR/ },
  { what: 'the root alone', answer: () => answerOf(root, []), says: /^is for another key than the CSR/ },
  { what: 'no CA flag', answer: changed({ isCA: false, pathLength: undefined }), says: /^is not a CA certificate/ },
  { what: 'path length 1', answer: changed({ pathLength: 1 }), says: /^has path length 1 where 0 was asked for/ },
  { what: 'no path length', answer: changed({ pathLength: undefined }), says: /^has path length unlimited where 0 was asked for/ },
  { what: 'no cert sign', answer: changed({ keyUsages: ['digital signature'] }), says: /^lacks the key usage cert sign, crl sign/ },
  { what: 'no name', answer: changed({ sans: undefined }), says: /^lacks the name dns:istiod\.istio-system\.svc/ },
  { what: 'a name too many', answer: changed({ sans: [name, { kind: 'dns', value: 'evil.example.com' }] }), says: /^carries the name dns:evil\.example\.com, which was not asked for/ },
  { what: 'another common name', answer: changed({ subject: 'cluster-b' }), says: /^has the common name cluster-b where cluster-a\.istio-ca was asked for/ },
  { what: 'an end too soon', answer: shifted(0, -2 * 60_000), says: /^ends at .* was asked for/ },
  { what: 'an end too late', answer: shifted(0, day), says: /^ends at .* was asked for/ },
  { what: 'a start in the future', answer: shifted(day, 0), says: /^starts at .* was asked for/ },
  { what: 'a start long ago', answer: shifted(-300 * day, 0), says: /^starts at .* was asked for/ },
  { what: 'an end in the past', answer: shifted(-200 * day, -100 * day), says: /^ended at / },
  { what: 'itself as its issuer', answer: changed({ issuer: undefined }), says: /^is self-signed/ },
  { what: 'a critical extension that nobody asked for', answer: changed({ extraExtensions: critical('1.2.3.4.5') }), says: /^carries the critical extension 1\.2\.3\.4\.5, which was not asked for/ },
  { what: 'an extended key usage that nobody asked for', answer: changed({ extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'] }), says: /^carries the extended key usage 1\.3\.6\.1\.5\.5\.7\.3\.2, which was not asked for/ },
  { what: 'a signature over SHA-1', answer: changed({ digest: 'sha1' }), says: /^is signed with ECDSA with SHA-1, which can be forged/ },
];

/** Nobody can tell what it is. */
export const unreadable: readonly Refused[] = [
  { what: 'no PEM', answer: () => ({ certificate: 'MIIB', chain: 'MIIB' }), says: /^cannot be read \(The text holds no PEM block/ },
  { what: 'half of a certificate', answer: (plan) => ({ certificate: leafOf(plan).pem.slice(0, 400), chain: undefined }), says: /^cannot be read \(PEM block 1 \(CERTIFICATE\) does not end/ },
  { what: 'a private key in the chain', answer: (plan) => ({ certificate: leafOf(plan).pem, chain: root.pem.replaceAll('CERTIFICATE', 'PRIVATE KEY') }), says: /^cannot be read \(PEM block 2 is PRIVATE KEY/ },
  { what: 'two megabytes', answer: (plan) => ({ certificate: leafOf(plan).pem.repeat(3_000), chain: undefined }), says: /^cannot be read \(The certificates have \d{7} bytes/ },
  { what: '40 extra certificates', answer: chained(subordinate, root, ...strangers(40)), says: /^cannot be read \(There are 43 different certificates/ },
];

/** The right certificate; the fault stands above it, so that another one would cost money and change nothing. */
export const unproven: readonly Refused[] = [
  { what: 'no chain', answer: (plan) => ({ certificate: leafOf(plan).pem, chain: undefined }), says: /^is signed by CN=subordinate, which is not in the chain/ },
  { what: 'the root as the whole chain', answer: chained(root), says: /^is signed by CN=subordinate, which is not in the chain/ },
  { what: "another CA's chain", answer: chained(foreign, foreignRoot), says: /^is signed by CN=subordinate, which is not in the chain/ },
  { what: 'a signature of another CA, and its chain', answer: (plan) => answerOf(leafOf(plan, { issuer: foreign }), [foreign, foreignRoot]), says: /^stands below the root CN=foreign root .* the CA of this issuer stands below another one/ },
  { what: 'an issuing CA without room', answer: chained(subordinateAs({ pathLength: 0 }), root), says: /^stands below CN=subordinate .* whose path length 0 leaves no room for 1 CA certificates/ },
  { what: 'an issuing CA that has ended', answer: chained(subordinateAs({ notAfter: new Date('2026-11-01T00:00:00Z') }), root), says: /^stands below CN=subordinate .* which ended at 2026-11-01/ },
  { what: 'an issuing CA that starts later', answer: chained(subordinateAs({ notBefore: new Date('2027-01-01T00:00:00Z') }), root), says: /^stands below CN=subordinate .* which starts only at 2027-01-01/ },
  { what: 'a root that has ended', answer: chained(subordinate, rootAs({ notAfter: new Date('2026-11-01T00:00:00Z') })), says: /^stands below CN=root .* which ended at 2026-11-01/ },
  { what: 'an issuing CA certified over SHA-1', answer: chained(subordinateAs({ digest: 'sha1' }), root), says: /^stands below CN=subordinate .* signed with ECDSA with SHA-1, which istiod refuses/ },
  { what: 'an issuing CA with a critical extension nobody knows', answer: chained(subordinateAs({ extraExtensions: critical('1.2.3.4.5') }), root), says: /^stands below CN=subordinate .* critical extension 1\.2\.3\.4\.5, which istiod refuses/ },
  { what: 'an issuing CA that demands policies', answer: chained(subordinateAs({ extraExtensions: [policyDemand(0)] }), root), says: /^cannot be used: CN=subordinate .* demands certificate policies .*; name a CA in spec\.arn/ },
  { what: 'an issuing CA that excludes its name', answer: chained(subordinateAs({ extraExtensions: [constraintsExtension({ excluded: [['dns', 'svc']] })] }), root), says: /^cannot be used: the name constraints of CN=subordinate .* do not allow the DNS name istiod\.istio-system\.svc/ },
  { what: 'an issuing CA whose constraints nobody can read', answer: chained(subordinateAs({ extraExtensions: [constraintsExtension({ excluded: [['ip', '0a00']] })] }), root), says: /^cannot be used: Go's crypto\/x509, .* cannot read the name constraints of CN=subordinate/ },
];

