// What people set up in AWS and in the cluster so that an issuer may call AWS, as the guide to credentials tells them.
import { randomBytes } from 'node:crypto';
import type { ApiObject, Condition } from '../../hack/control-plane/api/objects.ts';
import type { JournalEntry } from '../../hack/pca-emulator/src/journal/journal-entry.ts';
import { account, region, serviceAccount } from '../../hack/world/trust.ts';
import { encodedCsr } from './csr.ts';
import { ours, readyOf, type IssuerRef, type Scenario } from './scenario.ts';

export const kinds = ['AWSPCAIssuer', 'AWSPCAClusterIssuer'] as const;
export type Kind = (typeof kinds)[number];

/** Another company account, which owns no CA. */
export const otherAccount = '444455556666';

let roles = 0;
/** A name of its own for a role. */
export function roleArn(owner: string = account): string {
  return `arn:aws:iam::${owner}:role/e2e-${randomBytes(3).toString('hex')}-${roles++}`;
}

/** Makes or changes the issuer of this kind. */
export function applyIssuer(s: Scenario, kind: Kind, arn: string, spec: object): Promise<IssuerRef> {
  return kind === 'AWSPCAIssuer' ? s.issuer(arn, spec) : s.clusterIssuer(arn, spec);
}

export function issuerOf(s: Scenario, kind: Kind): { readonly apiVersion: string; readonly kind: Kind; readonly namespace: string | undefined; readonly name: string } {
  return kind === 'AWSPCAIssuer' ? { apiVersion: ours, kind, namespace: s.namespace, name: 'issuer' } : { apiVersion: ours, kind, namespace: undefined, name: s.namespace };
}

/** Waits for the issuer's Ready condition. @returns the object. */
export function issuerSays(s: Scenario, kind: Kind, status: 'True' | 'False', reason: string, message = /^/): Promise<ApiObject> {
  return s.api.waitFor(
    issuerOf(s, kind),
    (object) => {
      const ready = readyOf(object);
      return ready?.status === status && ready.reason === reason && message.test(ready.message ?? '');
    },
    { what: `${kind} to say ${status}/${reason} ${String(message)}` },
  );
}

/** Waits until a condition beside Ready is there, or gone. */
export async function issuerWarns(s: Scenario, kind: Kind, type: string, isThere: boolean, message = /^/): Promise<Condition | undefined> {
  const find = (object: ApiObject): Condition | undefined => ((object['status']?.conditions ?? []) as readonly Condition[]).find((each) => each.type === type);
  const seen = await s.api.waitFor(issuerOf(s, kind), (object) => (isThere ? message.test(find(object)?.message ?? '\0') : find(object) === undefined), {
    what: `condition ${type} ${isThere ? `to say ${String(message)}` : 'to go'}`,
  });
  return find(seen);
}

/** Puts access keys into a Secret. @returns what was put there. */
export async function putKeys(s: Scenario, name: string, { owner = account, user = 'tester' }: { readonly owner?: string; readonly user?: string } = {}): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const key = await s.emulator.createAccessKey({ account: owner, user });
  const stringData = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };
  await s.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: s.namespace }, stringData });
  return key;
}

export const secretRef = (s: Scenario, name: string): object => ({ secretRef: { name, namespace: s.namespace } });

/** A role that trusts the tokens of one ServiceAccount of this cluster. */
export async function roleForServiceAccount(s: Scenario, name: string, arn = roleArn()): Promise<string> {
  const { issuer } = await s.api.request<{ issuer: string }>({ path: '/.well-known/openid-configuration' });
  await s.emulator.createRole({ arn, trust: [{ provider: issuer, subject: `system:serviceaccount:${s.namespace}:${name}` }] });
  return arn;
}

/** Lets the controller ask for tokens of this ServiceAccount, and of no other. */
export async function allowTokens(s: Scenario, name: string): Promise<void> {
  const metadata = { name: `pca-issuer-tokens-${name}`, namespace: s.namespace };
  const rbac = 'rbac.authorization.k8s.io';
  await s.api.apply([
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [name], verbs: ['create'] }] },
    { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name }, subjects: [{ kind: 'ServiceAccount', ...serviceAccount }] },
  ]);
}

export async function makeServiceAccount(s: Scenario, name: string): Promise<void> {
  await s.api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: s.namespace } });
}

let requests = 0;
/** Asks for a leaf. @returns the request's name. */
export async function ask(s: Scenario, issuerRef: IssuerRef, spec: object = {}): Promise<string> {
  const name = `leaf-${requests++}`;
  await s.request(name, { request: encodedCsr(), usages: ['digital signature', 'server auth'], duration: '24h', issuerRef, ...spec });
  return name;
}

/** Asks for a leaf and waits until it is issued. */
export async function leafFrom(s: Scenario, issuerRef: IssuerRef): Promise<void> {
  await s.requestWith(await ask(s, issuerRef), 'Issued');
}

/** The last order at a CA, as AWS's audit log would tell of it. */
export async function lastOrder(s: Scenario, ca: string): Promise<JournalEntry> {
  const { entries } = await s.emulator.journal({ ca });
  return entries.findLast(({ operation, issued }) => operation === 'IssueCertificate' && issued) ?? (() => { throw new Error(`no certificate was ordered at ${ca}`); })();
}

/** A hierarchy whose CAs belong to this account. @returns the ARN of the subordinate. */
export async function subordinateOf(s: Scenario, owner: string): Promise<string> {
  const key = { keyAlgorithm: 'EC_prime256v1' } as const;
  const { authorities } = await s.emulator.createHierarchy({ name: `${s.namespace}-${owner}`, account: owner, region, tiers: [{ name: 'root', ...key }, { name: 'subordinate', ...key }] });
  return authorities.at(-1)?.arn ?? '';
}
