// What is fed with mutated documents, and what must hold whatever they are.
import assert from 'node:assert/strict';
import { toFailure } from '../../src/aws/errors.ts';
import { stableMessage } from '../../src/aws/stable-message.ts';
import { judgeCertificate } from '../../src/controller/judge-certificate.ts';
import { isCertificateOf } from '../../src/domain/authority.ts';
import { constraintFault, hindrancesOf, type Tier, unconstrained } from '../../src/domain/chain-constraints.ts';
import { gate } from '../../src/domain/gate.ts';
import { judgeIssuer } from '../../src/domain/issuer-config.ts';
import { issuerKinds, readIssuer } from '../../src/domain/issuer.ts';
import { plan, type Plan } from '../../src/domain/plan.ts';
import { arnAnnotation, baseAnnotation, readRequest } from '../../src/domain/request.ts';
import { approvedAt, aPlanInput, anIssuerConfig, authorityArn, someFacts } from '../../src/domain/test-values.ts';
import { constraintsExtension, policyDemand } from '../../src/domain/test-constraints.ts';
import { standingBase } from '../../src/domain/validity.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { readAnchors } from '../../src/pki/chain.ts';
import { readConstraints } from '../../src/pki/constraints.ts';
import { type CsrFacts, readCsr } from '../../src/pki/csr.ts';
import { readDer } from '../../src/pki/der.ts';
import { PkiError } from '../../src/pki/error.ts';
import { readPem, writePem } from '../../src/pki/pem.ts';
import type { Documents } from './documents.ts';
import { mutateBytes, mutateJson } from './mutate.ts';
import type { Random } from './random.ts';

export interface Target {
  readonly name: string;
  make(random: Random): Buffer;
  /** Throws PkiError for what cannot be read; every other error is a finding. */
  read(input: Buffer): void;
}

/** Each target as often as it stands there: what takes long comes seldom. */
export function makeTargets(documents: Documents): readonly Target[] {
  const { csrs, certificates, chains, requests, issuers, answers } = documents;
  const pems = [...csrs.map((der) => pemOf('CERTIFICATE REQUEST', der)), ...chains.map((chain) => Buffer.concat(chain.map((der) => pemOf('CERTIFICATE', der))))];
  const bytesOf = (from: readonly Buffer[]) => (random: Random) => mutateBytes(random.pick(from), from, random);
  const csr: Target = { name: 'CSR', make: bytesOf(csrs), read: (input) => readRequestOf(writePem('CERTIFICATE REQUEST', input)) };
  const certificate: Target = { name: 'certificate', make: bytesOf(certificates), read: (input) => void readCertificate(input) };
  const answered = chains.slice(0, 4).map((chain, index) => answerTarget(index, chain, certificates, readCsr(pemText(csrs[index] ?? Buffer.alloc(0)))));
  const quick: readonly Target[] = [
    csr,
    certificate,
    { name: 'PEM', make: bytesOf(pems), read: (input) => void readPem(input.toString('latin1')) },
    { name: 'CSR text', make: bytesOf(pems), read: (input) => readRequestOf(input.toString('latin1')) },
    { name: 'anchors', make: bytesOf(pems), read: (input) => void readAnchors(input.toString()) },
    { name: 'constraints', make: bytesOf(extensions), read: readAnyConstraints },
    { name: 'DER', make: bytesOf([...csrs, ...certificates]), read: (input) => void readDer(input) },
    jsonTarget('issuer', issuers, readAnyIssuer),
    jsonTarget('AWS error', answers, readAnyError),
  ];
  return [...quick, ...quick, ...quick, ...quick, ...answered, jsonTarget('CertificateRequest', requests, readCertificateRequest)];
}

/** What readCsr takes, the plan must stand too, and its canonical form must be read as the same CSR. */
function readRequestOf(pem: string): void {
  const csr = readCsr(pem);
  assert.equal(readCsr(csr.pem).sha256, csr.sha256, 'the canonical CSR is another one');
  for (const isCA of [true, false]) plan(aPlanInput({ csr, request: { ...aPlanInput().request, isCA } }));
}

const extensions: readonly Buffer[] = [
  constraintsExtension({ permitted: [['dns', 'cluster.local'], ['ip', '0a000000ff000000'], ['email', 'a@b.example']], excluded: [['uri', '.evil.example'], ['other', '300c310a300806035504030c0178']] }).der,
  constraintsExtension({ excluded: [['ip', `20010db8${'0'.repeat(24)}ffffffff${'0'.repeat(24)}`], ['email', 'example'], ['dns', '']] }).der,
  policyDemand(2).der,
  // Policies, mappings, points of CRLs, access to information, key identifiers, a number.
  ...['300630040602 2a03', '300a3008 06022a03 06022a04', '300d300ba009a007 8605 687474703a', '300f300d06 082b06010505073001 86 0178', '3004 8002 0102', '0402 0102', '020101'].map((hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')),
].map((der) => Buffer.from(der));
const readByConstraints = ['2.5.29.14', '2.5.29.17', '2.5.29.30', '2.5.29.31', '2.5.29.32', '2.5.29.33', '2.5.29.35', '2.5.29.36', '2.5.29.54', '1.3.6.1.5.5.7.1.1'];
const lowest: Tier = { subject: 'CN=leaf', serial: '01', isCA: true, isSelfSigned: false, isSelfIssued: false, constraints: unconstrained, sans: [{ kind: 'dns', value: 'a.cluster.local' }, { kind: 'uri', value: 'spiffe://cluster.local/a' }, { kind: 'ip', value: '10.0.0.1' }, { kind: 'email', value: 'a@b.example' }] };

/** The same bytes as every extension that is read, and what they forbid as every place in a chain. */
function readAnyConstraints(input: Buffer): void {
  for (const oid of readByConstraints) {
    const constraints = readConstraints([{ oid, isCritical: input.length % 2 === 0, value: input }]);
    const tier: Tier = { ...lowest, subject: 'CN=ca', constraints };
    hindrancesOf(lowest, [tier, { ...tier, isSelfSigned: true }]);
    constraintFault({ ...lowest, isCA: false }, [tier]);
    constraintFault({ ...lowest, constraints }, []);
  }
}

/** An answer of GetCertificate: whatever is published must be the true bytes. */
function answerTarget(index: number, chain: readonly Buffer[], strangers: readonly Buffer[], csr: CsrFacts): Target {
  const truth = chain.map((der) => writePem('CERTIFICATE', der));
  const planned = planFor(csr);
  return {
    name: `answer ${index + 1} (${csr.publicKey.name})`,
    make: (random) => mutatedChain(chain, strangers, random),
    read(input) {
      const judged = judgeCertificate({
        answer: { certificate: input.toString('latin1'), chain: undefined },
        certificateArn: `${authorityArn}/certificate/aa`,
        csr,
        plan: planned,
        base: approvedAt,
        facts: someFacts(),
        anchors: [],
        now: new Date(approvedAt.getTime() + 5_000),
      });
      if (judged.kind !== 'outcome' || judged.outcome.kind !== 'issued') return;
      const { certificate, ca } = judged.outcome;
      assert.deepEqual([certificate, ca], [truth.slice(0, -1).join(''), truth.at(-1)], 'other bytes than the true ones are published');
    },
  };
}

function planFor(csr: CsrFacts): Plan {
  const made = plan(aPlanInput({ csr, base: approvedAt, issuer: anIssuerConfig() }));
  if (made.kind !== 'plan') throw new Error(`the documents and the test values have drifted apart: ${made.message}`);
  return made.plan;
}

function mutatedChain(chain: readonly Buffer[], strangers: readonly Buffer[], random: Random): Buffer {
  const blocks = [...chain];
  for (let left = random.below(4); left > 0; left -= 1) blocks.splice(random.below(blocks.length), 0, random.pick(random.oneIn(2) ? strangers : chain));
  if (random.oneIn(2)) blocks.reverse();
  const text = Buffer.concat(blocks.map((der) => pemOf('CERTIFICATE', random.oneIn(4) ? mutateBytes(der, strangers, random) : der)));
  return random.oneIn(4) ? mutateBytes(text, [text], random) : text;
}

function jsonTarget(name: string, documents: readonly unknown[], read: (value: unknown) => void): Target {
  return {
    name,
    make(random) {
      let value = random.pick(documents);
      for (let left = 1 + random.below(3); left > 0; left -= 1) value = mutateJson(value, random);
      // A value that JSON cannot write, such as undefined, is no answer of anybody's.
      return Buffer.from(JSON.stringify(value) ?? 'null');
    },
    read(input) {
      const value = parsed(input);
      if (value !== undefined) read(value);
    },
  };
}

/** undefined where it is no JSON: the shrinker cuts anywhere. */
function parsed(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return undefined;
  }
}

const rules = { group: 'awspca.cert-manager.io', kinds: issuerKinds, checksApproval: true };

function readCertificateRequest(value: unknown): void {
  const request = readRequest(value);
  if (request === undefined) return;
  const gated = gate(request, rules);
  const since = gated.kind === 'proceed' ? gated.since : request.createdAt;
  assert.ok(!Number.isNaN(standingBase({ uid: request.uid, since, stored: request.annotations[baseAnnotation], nowMs: approvedAt.getTime() }).getTime()), 'the base is no date');
  isCertificateOf(authorityArn, request.annotations[arnAnnotation] ?? '');
  readRequestOf(request.csrPem);
}

function readAnyIssuer(value: unknown): void {
  const issuer = readIssuer('AWSPCAClusterIssuer', value);
  if (issuer === undefined || !isAdmitted(issuer.spec)) return;
  const judged = judgeIssuer(issuer.key, issuer.spec, { allowsCluster: true, allowsNamespaced: false, overridesIsCA: false, clusterName: '' });
  if (judged.ok) readAnchors(judged.config.anchorsPem);
}

/** The API server admits nothing but strings in the fields that are judged, and objects around them. */
function isAdmitted(spec: object): boolean {
  const { secretRef = {}, pcaTemplate = {}, ...rest } = spec as Record<string, unknown>;
  const texts = [rest['arn'], rest['region'], rest['role'], rest['notBeforeOffset'], rest['additionalTrustAnchors']];
  const isPlain = (part: unknown): part is object => typeof part === 'object' && part !== null && !Array.isArray(part);
  if (!isPlain(secretRef) || !isPlain(pcaTemplate)) return false;
  const inner = [...Object.values(pcaTemplate), ...Object.values(secretRef).flatMap((part: unknown) => (isPlain(part) ? Object.values(part) : [part]))];
  return [...texts, ...inner].every((each) => each === undefined || typeof each === 'string' || typeof each === 'boolean') && texts.every((each) => typeof each !== 'boolean')
    && Object.values(pcaTemplate).every((each) => typeof each === 'string' || typeof each === 'boolean');
}

function readAnyError(value: unknown): void {
  if (!isOurs(value)) return;
  for (const operation of ['IssueCertificate', 'GetCertificate']) {
    const failure = toFailure(value, { operation });
    assert.ok(failure.code.length + stableMessage(failure.message).length < 4_096, 'more than a condition should hold');
    assert.notEqual(failure.class, 'conflict', 'AWS knows no conflicts');
    assert.equal(toFailure(value, { operation }).message, failure.message, 'a message that flaps');
  }
}

/** Statuses and headers come from our own HTTP, codes and host names from node: numbers and texts, whatever the body says. */
function isOurs(value: unknown): boolean {
  const { $metadata, $response } = (value ?? {}) as { $metadata?: { httpStatusCode?: unknown }; $response?: { statusCode?: unknown; headers?: Record<string, unknown> } };
  const found = [$metadata?.httpStatusCode, $response?.statusCode, $response?.headers?.['retry-after']];
  return found.every((each) => each === undefined || typeof each === 'number' || typeof each === 'string');
}

function pemOf(label: string, der: Buffer): Buffer {
  return Buffer.from(writePem(label, der));
}

function pemText(der: Buffer): string {
  return writePem('CERTIFICATE REQUEST', der);
}

/** Is this what reading a broken document may end with? */
export function isExpected(error: unknown): boolean {
  return error instanceof PkiError;
}
