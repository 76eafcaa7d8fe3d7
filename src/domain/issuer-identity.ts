// As whom may an issuer speak to AWS? The fields secretRef, serviceAccountRef, role and roleOptions, judged together
// (as in aws-privateca-issuer v1.12.0; its sentences come first and to the letter).
import type { AwsPcaIssuerSpec } from './api.gen.ts';
import type { Identity, RoleStep } from './identity.ts';
import type { IssuerKey } from './issuer.ts';
import { sessionName } from './session-name.ts';

export interface IdentityRules {
  readonly allowsCluster: boolean;
  readonly allowsNamespaced: boolean;
  /** Flag --cluster-name; '' where it was not given. */
  readonly clusterName: string;
}

/** The peer's faults of the spec, in its order. */
export function peerIdentityFaults(spec: AwsPcaIssuerSpec): readonly string[] {
  const faults: string[] = [];
  if (spec.serviceAccountRef !== undefined) {
    if (spec.serviceAccountRef.name === '') faults.push('serviceAccountRef.name is required');
    if (!spec.role) faults.push('role must be set when using serviceAccountRef');
    if (spec.secretRef?.name) faults.push('set only one of secretRef and serviceAccountRef');
  }
  return faults;
}

const roleShape = /^arn:([\w-]+):iam::\d{12}:role\/.+$/;
const sessionNameShape = /^[\w+=,.@-]{2,64}$/;
const externalIdShape = /^[\w+=,.@:/-]{2,1224}$/;
const mostTags = 50;
const longestTagKey = 128;
const longestTagValue = 256;

/**
 * Our own faults, field by field: what the schema refuses is judged too, since the served CRD may be another one.
 * @param partition that of the CA; a role of another one could never call it.
 */
export function identityFaults(spec: AwsPcaIssuerSpec, partition: string | undefined): readonly string[] {
  const { role, roleOptions, serviceAccountRef } = spec;
  const faults = role ? roleFaults('spec.role', role, partition) : [];
  if (serviceAccountRef?.audiences?.some((audience) => audience === '') === true) faults.push('spec.serviceAccountRef.audiences has an empty entry; name an audience, or leave the field out for sts.amazonaws.com');
  if (roleOptions === undefined) return faults;
  if (!role) faults.push('spec.roleOptions says how spec.role is assumed, and spec.role is not set; set it, or remove spec.roleOptions');
  faults.push(...optionFaults('spec.roleOptions', roleOptions), ...tagFaults(roleOptions.tags ?? {}));
  if (serviceAccountRef !== undefined && roleOptions.externalId !== undefined) {
    faults.push('spec.roleOptions.externalId cannot be sent when a ServiceAccount\'s token is exchanged for spec.role; ask for the token\'s subject in the trust policy instead, or set externalId in spec.roleOptions.thenAssume');
  }
  if (serviceAccountRef !== undefined && Object.keys(roleOptions.tags ?? {}).length > 0 && (roleOptions.thenAssume ?? []).length === 0) {
    faults.push('spec.roleOptions.tags cannot be sent when a ServiceAccount\'s token is exchanged for spec.role; remove them, or add a role in spec.roleOptions.thenAssume, which gets them');
  }
  for (const [index, step] of (roleOptions.thenAssume ?? []).entries()) {
    const field = `spec.roleOptions.thenAssume[${index}]`;
    faults.push(...roleFaults(`${field}.role`, step.role, partition), ...optionFaults(field, step));
  }
  return faults;
}

function roleFaults(field: string, role: string, partition: string | undefined): string[] {
  const [, found] = roleShape.exec(role) ?? [];
  if (found === undefined) return [`${field} is "${role}", which is not the ARN of a role; one looks like arn:aws:iam::123456789012:role/name`];
  if (partition === undefined || found === partition) return [];
  return [`${field} is "${role}", a role of the partition ${found}, but the CA of spec.arn is in ${partition}; no role of one partition reaches another, so name one that begins with arn:${partition}:iam::`];
}

function optionFaults(field: string, { sessionName: session, externalId }: { readonly sessionName?: string; readonly externalId?: string }): string[] {
  const faults: string[] = [];
  if (session !== undefined && !sessionNameShape.test(session)) faults.push(`${field}.sessionName is "${session}"; write 2 to 64 letters, digits and any of + = , . @ _ -`);
  if (externalId !== undefined && !externalIdShape.test(externalId)) faults.push(`${field}.externalId is not one that AWS admits; write 2 to 1224 letters, digits and any of + = , . @ : / _ -`);
  return faults;
}

function tagFaults(tags: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(tags);
  const faults = entries.length > mostTags ? [`spec.roleOptions.tags has ${entries.length} tags; AWS admits ${mostTags}`] : [];
  for (const [key, value] of entries) {
    if (key === '' || key.length > longestTagKey || /^aws:/i.test(key)) faults.push(`spec.roleOptions.tags has the key "${key}"; write 1 to ${longestTagKey} characters that do not begin with aws:`);
    if (value.length > longestTagValue) faults.push(`spec.roleOptions.tags.${key} has ${value.length} characters; AWS admits ${longestTagValue}`);
  }
  return faults;
}

/** @param spec without faults. @returns the identity, or the sentence that says why there is none. */
export function judgeIdentity(key: IssuerKey, spec: AwsPcaIssuerSpec, rules: IdentityRules): Identity | string {
  const named = sessionName(rules.clusterName, key);
  const { roleOptions = {}, serviceAccountRef, secretRef } = spec;
  const own = spec.role ? { arn: spec.role, sessionName: roleOptions.sessionName ?? named } : undefined;
  const further = (roleOptions.thenAssume ?? []).map((step) => ({ arn: step.role, sessionName: step.sessionName ?? roleOptions.sessionName ?? named, externalId: step.externalId, tags: {} }));
  if (serviceAccountRef !== undefined && own !== undefined) {
    const refused = judgeNamespace('serviceAccountRef', key, serviceAccountRef.namespace);
    if (refused !== undefined) return refused;
    const { name, namespace, audiences = ['sts.amazonaws.com'] } = serviceAccountRef;
    return { kind: 'service-account', namespace: key.namespace ?? namespace ?? '', name, audiences, role: own, roles: tagged(further, roleOptions.tags) };
  }
  const roles = own === undefined ? [] : tagged([{ ...own, externalId: roleOptions.externalId, tags: {} }, ...further], roleOptions.tags);
  if (!secretRef?.name) return judgeAmbient(key, rules) ?? { kind: 'ambient', roles };
  const refused = judgeNamespace('secretRef', key, secretRef.namespace);
  if (refused !== undefined) return refused;
  return {
    kind: 'secret',
    namespace: key.namespace ?? secretRef.namespace ?? '',
    name: secretRef.name,
    accessKeyIdKey: secretRef.accessKeyIDSelector?.key || 'AWS_ACCESS_KEY_ID',
    secretAccessKeyKey: secretRef.secretAccessKeySelector?.key || 'AWS_SECRET_ACCESS_KEY',
    sessionTokenKey: secretRef.sessionTokenSelector?.key || 'AWS_SESSION_TOKEN',
    sessionTokenIsRequired: Boolean(secretRef.sessionTokenSelector?.key),
    roles,
  };
}

/** The tags go to the first role that can take them, which passes them on. */
function tagged(roles: readonly RoleStep[], tags: Readonly<Record<string, string>> = {}): readonly RoleStep[] {
  return roles.map((role, index) => (index === 0 ? { ...role, tags } : role));
}

function judgeAmbient(key: IssuerKey, rules: IdentityRules): string | undefined {
  if (key.namespace === undefined ? rules.allowsCluster : rules.allowsNamespaced) return undefined;
  const [flag, value] = key.namespace === undefined ? ['--cluster-issuer-ambient-credentials', 'disableClusterIssuerAmbientCredentials: false'] : ['--issuer-ambient-credentials', 'enableIssuerAmbientCredentials: true'];
  return `empty credentials; perhaps you meant to enable ambient credentials? Name a Secret in spec.secretRef or a ServiceAccount in spec.serviceAccountRef, or let ${key.kind} use the controller's own credentials with the flag ${flag}=true (chart value ${value})`;
}

/** A namespaced issuer uses what lies in its own namespace only (docs/architecture.md, invariant 13). */
function judgeNamespace(field: 'secretRef' | 'serviceAccountRef', key: IssuerKey, namespace: string | undefined): string | undefined {
  if (key.namespace === undefined && !namespace) return `${field}: namespace is required on an AWSPCAClusterIssuer: set spec.${field}.namespace`;
  if (key.namespace === undefined || !namespace || namespace === key.namespace) return undefined;
  return `${field}: namespace must match the Issuer's namespace: spec.${field}.namespace is ${namespace}, the issuer is in ${key.namespace}; correct it or leave it out, or make an AWSPCAClusterIssuer, which may name any namespace`;
}
