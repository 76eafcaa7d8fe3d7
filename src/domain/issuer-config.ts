// What does an issuer's spec mean, and is it sound? All that can be judged without asking AWS (as in aws-privateca-issuer v1.12.0).
import type { AwsPcaIssuerSpec } from './api.gen.ts';
import { readAuthorityArn, type AuthorityArn } from './authority.ts';
import { parseGoDuration } from './duration.ts';
import type { Identity } from './identity.ts';
import type { IssuerKey } from './issuer.ts';
import { readTemplate } from './template.ts';

export interface IssuerConfig {
  readonly authority: AuthorityArn;
  readonly identity: Identity;
  /** spec.pcaTemplate.defaultTemplateName. */
  readonly templateName: string | undefined;
  readonly overridesIsCA: boolean;
  readonly ignoresKeyUsages: boolean;
  readonly notBeforeOffsetMs: number;
  /** PEM bundle of spec.additionalTrustAnchors, unread; '' for none. */
  readonly anchorsPem: string;
  /** spec.requestPolicy.maxCertificatesPerHour; undefined for no limit. */
  readonly maxCertificatesPerHour: number | undefined;
}

export interface AmbientRules {
  readonly allowsCluster: boolean;
  readonly allowsNamespaced: boolean;
  readonly overridesIsCA: boolean;
}

export type IssuerJudgement =
  | { readonly ok: true; readonly config: IssuerConfig }
  | { readonly ok: false; readonly reason: 'Validation' | 'Error' | 'NotSupported'; readonly message: string };

const defaultOffsetMs = 15 * 60_000;
const longestOffsetMs = 24 * 3_600_000;

/** Judges a spec; the peer's sentences come first and to the letter, all other faults after them. */
export function judgeIssuer(key: IssuerKey, spec: AwsPcaIssuerSpec, rules: AmbientRules): IssuerJudgement {
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
      templateName: spec.pcaTemplate?.defaultTemplateName || undefined,
      overridesIsCA: spec.pcaTemplate?.overrideIsCA ?? rules.overridesIsCA,
      ignoresKeyUsages: spec.pcaTemplate?.ignoreKeyUsages ?? false,
      notBeforeOffsetMs: spec.notBeforeOffset === undefined ? defaultOffsetMs : (parseGoDuration(spec.notBeforeOffset) ?? defaultOffsetMs),
      anchorsPem: spec.additionalTrustAnchors ?? '',
      maxCertificatesPerHour: spec.requestPolicy?.maxCertificatesPerHour,
    },
  };
}

/** @returns its path: a field that would guard something, and that this version does not act on. */
function unsupportedField(spec: AwsPcaIssuerSpec): string | undefined {
  const field = (['serviceAccountRef', 'roleOptions'] as const).find((each) => spec[each] !== undefined);
  if (field !== undefined) return `spec.${field}`;
  const { requestPolicy = {} } = spec;
  const policy = Object.entries(requestPolicy).find(([name, value]) => name !== 'maxCertificatesPerHour' && value !== undefined);
  return policy && `spec.requestPolicy.${policy[0]}`;
}

function peerFaults(spec: AwsPcaIssuerSpec): readonly string[] {
  const faults: string[] = [];
  if (spec.serviceAccountRef !== undefined) {
    if (spec.serviceAccountRef.name === '') faults.push('serviceAccountRef.name is required');
    if (!spec.role) faults.push('role must be set when using serviceAccountRef');
    if (spec.secretRef?.name) faults.push('set only one of secretRef and serviceAccountRef');
  }
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
  if (spec.role && !/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(spec.role)) {
    faults.push(`spec.role is "${spec.role}", which is not the ARN of a role; one looks like arn:aws:iam::123456789012:role/name`);
  }
  const limit = spec.requestPolicy?.maxCertificatesPerHour;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    faults.push(`spec.requestPolicy.maxCertificatesPerHour is ${limit}, which is not a whole number of at least 1; write how many certificates an hour may cost, or leave it out for no limit`);
  }
  const template = spec.pcaTemplate?.defaultTemplateName;
  if (template && readTemplate(template) === undefined) {
    faults.push(`spec.pcaTemplate.defaultTemplateName is "${template}", which is not the name of a template; one looks like SubordinateCACertificate_PathLen0/V1`);
  }
  return faults;
}

/** @returns the identity, or the sentence that says why there is none (as in aws-privateca-issuer v1.12.0). */
function judgeIdentity(key: IssuerKey, spec: AwsPcaIssuerSpec, rules: AmbientRules): Identity | string {
  const roleArn = spec.role || undefined;
  const secret = spec.secretRef;
  if (!secret?.name) {
    const isAllowed = key.namespace === undefined ? rules.allowsCluster : rules.allowsNamespaced;
    if (isAllowed) return { kind: 'ambient', roleArn };
    const flag = key.namespace === undefined ? '--cluster-issuer-ambient-credentials' : '--issuer-ambient-credentials';
    return `empty credentials; perhaps you meant to enable ambient credentials? Name a Secret in spec.secretRef, or let ${key.kind} use the controller's own credentials with the flag ${flag}=true`;
  }
  if (key.namespace === undefined && !secret.namespace) {
    return 'secretRef: namespace is required on an AWSPCAClusterIssuer: set spec.secretRef.namespace';
  }
  if (key.namespace !== undefined && secret.namespace && secret.namespace !== key.namespace) {
    return `secretRef: namespace must match the Issuer's namespace: spec.secretRef.namespace is ${secret.namespace}, the issuer is in ${key.namespace}`;
  }
  return {
    kind: 'secret',
    namespace: key.namespace ?? secret.namespace ?? '',
    name: secret.name,
    accessKeyIdKey: secret.accessKeyIDSelector?.key || 'AWS_ACCESS_KEY_ID',
    secretAccessKeyKey: secret.secretAccessKeySelector?.key || 'AWS_SECRET_ACCESS_KEY',
    sessionTokenKey: secret.sessionTokenSelector?.key || 'AWS_SESSION_TOKEN',
    sessionTokenIsRequired: Boolean(secret.sessionTokenSelector?.key),
    roleArn,
  };
}
