// What exactly will AWS be asked for? A pure function of the request, its CSR, the issuer and the CA.
import type { KeyUsage } from '../pki/algorithms.ts';
import type { CsrFacts } from '../pki/csr.ts';
import type { GeneralName } from '../pki/general-name.ts';
import type { AuthorityFacts } from './authority.ts';
import { constraintFault, type Tier, unconstrained } from './chain-constraints.ts';
import { csrFault } from './csr-fault.ts';
import { describeDuration } from './duration.ts';
import type { IssuerConfig } from './issuer-config.ts';
import type { FailReason, WaitReason } from './outcome.ts';
import type { Request } from './request.ts';
import { unverifiableByMesh } from './signing-algorithm.ts';
import { readTemplate, templateArn, templateNameFor, type Template } from './template.ts';
import { idempotencyToken } from './token.ts';
import { extendedKeyUsagesOf, keyUsagesOf } from './usages.ts';

export interface Plan {
  readonly authorityArn: string;
  readonly template: Template;
  readonly templateArn: string;
  readonly signingAlgorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly durationMs: number;
  readonly passthrough: ApiPassthrough | undefined;
  readonly csrPem: string;
  readonly token: string;
  readonly expected: Expectation;
  /** Differences between what was asked and what the template gives: told in an Event, never a reason to refuse. */
  readonly notes: readonly string[];
}

/** Extensions handed to AWS beside the CSR; they win over the CSR's. */
export interface ApiPassthrough {
  readonly keyUsages: readonly KeyUsage[];
  /** OIDs. */
  readonly extendedKeyUsages: readonly string[];
}

/** What the certificate must show before it is published (domain/proof.ts). */
export interface Expectation {
  readonly spkiSha256: string;
  readonly isCA: boolean;
  readonly pathLength: number | undefined;
  /** Each must be there; more may be. */
  readonly keyUsages: readonly KeyUsage[];
  /** Each must be there; more may be. */
  readonly extendedKeyUsages: readonly string[];
  /** What the template takes over from the CSR where nothing else names any: asked for as well, and may be there. */
  readonly csrExtendedKeyUsages: readonly string[];
  readonly sans: readonly GeneralName[];
  readonly commonName: string | undefined;
  /** RFC 4514. */
  readonly subject: string;
  /** OIDs of what the CSR carries beyond names, usages and basic constraints. */
  readonly requestedExtensions: readonly string[];
}

export type Planning =
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** The cause lies in the request. */
  | { readonly kind: 'impossible'; readonly reason: FailReason; readonly message: string }
  /** An edit of the issuer or of the CA cures it. */
  | { readonly kind: 'waits'; readonly reason: WaitReason; readonly message: string };

export interface PlanInput {
  readonly request: Request;
  readonly csr: CsrFacts;
  readonly issuer: IssuerConfig;
  readonly facts: AuthorityFacts;
  /** The instant from which both dates count (domain/validity.ts). */
  readonly base: Date;
  readonly durationMs: number;
  readonly generation: number;
}

const hourMs = 3_600_000;
const shortLivedLimitMs = 168 * hourMs;

export function plan(input: PlanInput): Planning {
  const { request, csr, issuer, facts, base, durationMs, generation } = input;
  const name = issuer.templateName ?? templateNameFor(request.isCA, request.usages, issuer.ignoresKeyUsages);
  const template = readTemplate(name);
  if (template === undefined) {
    return waits('TemplateMismatch', `spec.pcaTemplate.defaultTemplateName is "${name}", which is not the name of a template; one looks like SubordinateCACertificate_PathLen0/V1`);
  }
  if (template.isCA !== request.isCA && !issuer.overridesIsCA) {
    return waits('TemplateMismatch', mismatch(request, template));
  }
  const fault = csrFault(csr, request, template);
  if (fault !== undefined) return { kind: 'impossible', ...fault };
  if (facts.usageMode === 'SHORT_LIVED_CERTIFICATE' && durationMs > shortLivedLimitMs) {
    return {
      kind: 'impossible',
      reason: 'DurationTooLong',
      message: `spec.duration is ${Math.ceil(durationMs / hourMs)}h, but ${facts.arn} is a short-lived CA, which signs for 7 days at most; ask for 168h or less, or name an issuer with a general-purpose CA`,
    };
  }
  const unverifiable = unverifiableByMesh([facts.unverifiableKey, facts.keyAlgorithm, facts.signingAlgorithm]);
  if (template.isCA && unverifiable !== undefined) {
    return waits(
      'UnsupportedByMesh',
      `the chain of ${facts.arn} needs ${unverifiable}, which Envoy, istiod and ztunnel cannot verify, so no mesh could run on a CA certificate of it (leaves are signed); name a CA in spec.arn that has RSA or EC keys up to its root`,
    );
  }
  const notBefore = wholeSeconds(base.getTime() - issuer.notBeforeOffsetMs);
  const notAfter = wholeSeconds(base.getTime() + durationMs);
  if (facts.notAfter !== undefined && outlives(notAfter, facts.notAfter, template)) {
    return waits(
      'BeyondCertificateAuthority',
      `the certificate would end at ${notAfter.toISOString()}, but ${facts.arn} ends at ${facts.notAfter.toISOString()}; renew the CA's certificate or ask for a shorter spec.duration`,
    );
  }
  if (template.isCA && facts.pathLength !== undefined && (template.pathLength ?? Infinity) >= facts.pathLength) {
    return waits(
      'PathLengthExhausted',
      `template ${name} makes a CA with path length ${template.pathLength ?? 'unlimited'}, but the path length that is left on ${facts.arn} is ${facts.pathLength}; name a CA whose path length is larger`,
    );
  }
  const forbidden = facts.tiers === undefined ? undefined : constraintFault(lowest(csr, template), facts.tiers);
  if (forbidden !== undefined) return waits('ForbiddenByChain', `a certificate of ${facts.arn} could not be used: ${forbidden}`);
  const passthrough =
    template.takesApiExtensions && template.keyUsages === undefined
      ? { keyUsages: keyUsagesOf(request.usages, template.isCA), extendedKeyUsages: extendedKeyUsagesOf(request.usages) }
      : undefined;
  const arn = templateArn(issuer.authority.partition, name);
  const intent = {
    uid: request.uid,
    authorityArn: issuer.authority.arn,
    templateArn: arn,
    csrSha256: csr.sha256,
    signingAlgorithm: facts.signingAlgorithm,
    notBefore,
    notAfter,
    passthrough,
    generation,
  };
  return {
    kind: 'plan',
    plan: {
      authorityArn: issuer.authority.arn,
      template,
      templateArn: arn,
      signingAlgorithm: facts.signingAlgorithm,
      notBefore,
      notAfter,
      durationMs,
      passthrough,
      csrPem: csr.pem,
      token: idempotencyToken(intent),
      expected: expectation(csr, template, passthrough),
      notes: notes(request, issuer, template, durationMs),
    },
  };
}

/** AWS takes dates in whole seconds. */
function wholeSeconds(epochMs: number): Date {
  return new Date(Math.floor(epochMs / 1_000) * 1_000);
}

function waits(reason: WaitReason, message: string): Planning {
  return { kind: 'waits', reason, message };
}

/** A subordinate CA must end before its issuing CA; a leaf may end with it. */
function outlives(notAfter: Date, end: Date, template: Template): boolean {
  return template.isCA ? notAfter.getTime() >= end.getTime() : notAfter.getTime() > end.getTime();
}

/** The certificate as it would be: of the CSR's extensions it has those that the template takes, and csrFault has judged whether they can be read. */
function lowest({ subject, sans, constraints }: CsrFacts, { isCA, takesCsrExtensions }: Template): Tier {
  return { subject, serial: '', isCA, isSelfSigned: false, isSelfIssued: false, sans, constraints: takesCsrExtensions ? { ...constraints, unreadable: undefined } : unconstrained };
}

function mismatch(request: Request, template: Template): string {
  return `spec.pcaTemplate.defaultTemplateName is ${template.name}, which makes ${template.isCA ? 'a CA' : 'a leaf'} certificate, but the request has isCA: ${request.isCA}; correct one of the two, or set spec.pcaTemplate.overrideIsCA: true on the issuer`;
}

function expectation(csr: CsrFacts, template: Template, passthrough: ApiPassthrough | undefined): Expectation {
  const fromCsr = template.takesCsrExtensions ? csr : undefined;
  return {
    spkiSha256: csr.publicKey.spkiSha256,
    isCA: template.isCA,
    pathLength: template.pathLength,
    keyUsages: template.keyUsages ?? passthrough?.keyUsages ?? fromCsr?.keyUsages ?? [],
    extendedKeyUsages: template.extendedKeyUsages ?? passthrough?.extendedKeyUsages ?? fromCsr?.extendedKeyUsages ?? [],
    csrExtendedKeyUsages: fromCsr?.extendedKeyUsages ?? [],
    sans: csr.sans,
    commonName: csr.commonName,
    subject: csr.subject,
    requestedExtensions: csr.otherExtensions.map(({ oid }) => oid),
  };
}

function notes(request: Request, issuer: IssuerConfig, template: Template, durationMs: number): readonly string[] {
  const found: string[] = [];
  const asked = new Set([...keyUsagesOf(request.usages, request.isCA), ...extendedKeyUsagesOf(request.usages)]);
  const given = new Set<string>([...(template.keyUsages ?? asked), ...(template.extendedKeyUsages ?? asked)]);
  const lost = request.usages.length === 0 ? [] : [...asked].filter((usage) => !given.has(usage));
  if (lost.length > 0) found.push(`template ${template.name} does not give what spec.usages asks for: ${lost.join(', ')}`);
  if (issuer.notBeforeOffsetMs > durationMs / 3) {
    found.push(
      `spec.notBeforeOffset of the issuer is ${describeDuration(issuer.notBeforeOffsetMs)}, more than a third of the duration of ${describeDuration(durationMs)}: cert-manager may renew at once, again and again`,
    );
  }
  return found;
}
