// What does an issuer's spec mean, and is it sound? All that can be judged without asking AWS (as in aws-privateca-issuer v1.12.0).
import type { AwsPcaIssuerSpec } from './api.gen.ts';
import { readAuthorityArn, type AuthorityArn } from './authority.ts';
import { parseGoDuration } from './duration.ts';
import type { Identity } from './identity.ts';
import { identityFaults, judgeIdentity, peerIdentityFaults, type IdentityRules } from './issuer-identity.ts';
import type { IssuerKey } from './issuer.ts';
import { selectorFaults } from './label-selector.ts';
import { readPolicy, type RequestPolicy } from './request-policy.ts';
import { userAgentOf } from './session-name.ts';
import { readTemplate } from './template.ts';

export interface IssuerConfig {
  readonly authority: AuthorityArn;
  readonly identity: Identity;
  /** What the user agent of its calls says of cluster and issuer. */
  readonly userAgent: string;
  /** spec.pcaTemplate.defaultTemplateName. */
  readonly templateName: string | undefined;
  readonly overridesIsCA: boolean;
  readonly ignoresKeyUsages: boolean;
  readonly notBeforeOffsetMs: number;
  /** PEM bundle of spec.additionalTrustAnchors, unread; '' for none. */
  readonly anchorsPem: string;
  /** spec.requestPolicy.maxCertificatesPerHour; undefined for no limit. */
  readonly maxCertificatesPerHour: number | undefined;
  /** Who may ask, and for what. */
  readonly requestPolicy: RequestPolicy;
}

export interface IssuerRules extends IdentityRules {
  readonly overridesIsCA: boolean;
}

export type IssuerJudgement =
  | { readonly ok: true; readonly config: IssuerConfig }
  | { readonly ok: false; readonly reason: 'Validation' | 'Error' | 'NotSupported'; readonly message: string };

const defaultOffsetMs = 15 * 60_000;
const longestOffsetMs = 24 * 3_600_000;

/** Judges a spec; the peer's sentences come first and to the letter, all other faults after them. */
export function judgeIssuer(key: IssuerKey, spec: AwsPcaIssuerSpec, rules: IssuerRules): IssuerJudgement {
  const faults = [...peerFaults(spec), ...ourFaults(spec)];
  const authority = readAuthorityArn(spec.arn ?? '');
  if (faults.length > 0 || authority === undefined) {
    return { ok: false, reason: 'Validation', message: `Failed to validate resource: ${faults.join('; ')}` };
  }
  const later = unsupportedField(spec);
  if (later !== undefined) {
    return { ok: false, reason: 'NotSupported', message: `${later} is not supported by this version; nothing is signed rather than signed without it. Remove the field or install a version that supports it` };
  }
  const identity = judgeIdentity(key, spec, rules);
  if (typeof identity === 'string') return { ok: false, reason: 'Error', message: identity };
  return {
    ok: true,
    config: {
      authority,
      identity,
      userAgent: userAgentOf(rules.clusterName, key),
      templateName: spec.pcaTemplate?.defaultTemplateName || undefined,
      overridesIsCA: spec.pcaTemplate?.overrideIsCA ?? rules.overridesIsCA,
      ignoresKeyUsages: spec.pcaTemplate?.ignoreKeyUsages ?? false,
      notBeforeOffsetMs: spec.notBeforeOffset === undefined ? defaultOffsetMs : (parseGoDuration(spec.notBeforeOffset) ?? defaultOffsetMs),
      anchorsPem: spec.additionalTrustAnchors ?? '',
      maxCertificatesPerHour: spec.requestPolicy?.maxCertificatesPerHour,
      requestPolicy: readPolicy(spec.requestPolicy ?? {}),
    },
  };
}

const policyFields: ReadonlySet<string> = new Set(['namespaces', 'namespaceSelector', 'caNamespaces', 'maxCertificatesPerHour']);

/** @returns its path: a field that would guard something, and that this version does not know; a newer CRD may admit some. */
function unsupportedField(spec: AwsPcaIssuerSpec): string | undefined {
  const { requestPolicy = {} } = spec;
  const policy = Object.entries(requestPolicy).find(([name, value]) => !policyFields.has(name) && value !== undefined);
  return policy && `spec.requestPolicy.${policy[0]}`;
}

function peerFaults(spec: AwsPcaIssuerSpec): readonly string[] {
  const faults = [...peerIdentityFaults(spec)];
  if (!spec.arn) faults.push('no Arn found in Issuer Spec');
  const offsetMs = spec.notBeforeOffset === undefined ? 0 : parseGoDuration(spec.notBeforeOffset);
  if (offsetMs !== undefined && offsetMs < 0) faults.push('notBeforeOffset in Issuer Spec must not be negative');
  if (offsetMs !== undefined && offsetMs > longestOffsetMs) faults.push('notBeforeOffset in Issuer Spec must not exceed 24h');
  return faults;
}

function ourFaults(spec: AwsPcaIssuerSpec): readonly string[] {
  const faults: string[] = [];
  const authority = readAuthorityArn(spec.arn ?? '');
  if (spec.arn && authority === undefined) {
    faults.push(`spec.arn is "${spec.arn}", which is not the ARN of a private CA; one looks like arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/<uuid>`);
  }
  if (authority !== undefined && spec.region && spec.region !== authority.region) {
    faults.push(`spec.region is ${spec.region}, but the CA of spec.arn is in ${authority.region}; correct it or leave it out`);
  }
  if (spec.notBeforeOffset !== undefined && parseGoDuration(spec.notBeforeOffset) === undefined) {
    faults.push(`spec.notBeforeOffset is "${spec.notBeforeOffset}", which is not a duration; write 15m or 1h`);
  }
  faults.push(...identityFaults(spec, authority?.partition));
  const limit = spec.requestPolicy?.maxCertificatesPerHour;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    faults.push(`spec.requestPolicy.maxCertificatesPerHour is ${limit}, which is not a whole number of at least 1; write how many certificates an hour may cost, or leave it out for no limit`);
  }
  faults.push(...selectorFaults('spec.requestPolicy.namespaceSelector', spec.requestPolicy?.namespaceSelector ?? {}));
  const template = spec.pcaTemplate?.defaultTemplateName;
  if (template && readTemplate(template) === undefined) {
    faults.push(`spec.pcaTemplate.defaultTemplateName is "${template}", which is not the name of a template; one looks like SubordinateCACertificate_PathLen0/V1`);
  }
  return faults;
}
