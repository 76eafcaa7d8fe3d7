// The admin API as functions: what tests, scenarios and demos turn and read.
import type { PermissionRule, RolePermission } from './access/permissions.ts';
import type { CustomerManagedPermission, ManagedPermission, Share } from './access/shares.ts';
import type {
  AccessKeyOrder, AccessKeyView, AuditReportView, AuthorityChange, AuthorityView, CertificateView, ClockView, FaultsView, JournalView, PodIdentityAssociationOrder,
  ShareOrder, StatusView,
} from './admin/contract.ts';
import type { AuthorityStatus } from './authorities/authority.ts';
import type { HierarchyOrder, TierOrder } from './authorities/hierarchy.ts';
import type { FaultOrder } from './faults/fault-kinds.ts';
import type { Fault, FaultFilter } from './faults/fault-queue.ts';
import type { JournalCounters, JournalEntry } from './journal/journal-entry.ts';
import type { Settings } from './settings.ts';
import type { JwkSet, OidcProvider } from './sts/oidc-provider.ts';
import type { PrincipalTrust, Role, WebIdentityTrust } from './sts/role.ts';
import type { PodIdentityAssociation } from './workload/pod-identity-association.ts';

export { deterministicAuthorityArn } from './arn.ts';
export type {
  AccessKeyOrder, AccessKeyView, AuditReportView, AuthorityChange, AuthorityStatus, AuthorityView, CertificateView, ClockView, CustomerManagedPermission, Fault, FaultFilter,
  FaultOrder, FaultsView, HierarchyOrder, JournalCounters, JournalEntry, JournalView, JwkSet, ManagedPermission, OidcProvider, PermissionRule, PodIdentityAssociation,
  PodIdentityAssociationOrder, PrincipalTrust, Role, RolePermission, Settings, Share, ShareOrder, StatusView, WebIdentityTrust,
};
export type HierarchyTier = TierOrder;

/** Which entries of the journal are waited for, and how long. */
export interface JournalWait {
  readonly timeoutMs?: number;
  readonly since?: number;
  readonly ca?: string;
}

export interface EmulatorClient {
  readonly url: string;
  /** The CAs from the root down; a hierarchy of the same name, account and region is given as it stands. */
  createHierarchy(order: HierarchyOrder): Promise<{ readonly name: string; readonly authorities: readonly AuthorityView[] }>;
  authorities(): Promise<readonly AuthorityView[]>;
  changeAuthority(change: AuthorityChange): Promise<AuthorityView>;
  setStatus(arn: string, status: AuthorityStatus): Promise<AuthorityView>;
  certificates(ca?: string): Promise<readonly CertificateView[]>;
  /** The audit reports that were created, of one CA or of all, with what stands in them. */
  auditReports(ca?: string): Promise<readonly AuditReportView[]>;
  createAccessKey(order: AccessKeyOrder): Promise<AccessKeyView>;
  /** Takes away a static key or a session. */
  deleteAccessKey(accessKeyId: string): Promise<void>;
  /** Lets STS take the tokens of a cluster: by its keys, or by where its keys are served. */
  trustCluster(provider: { readonly issuer: string; readonly jwks?: object; readonly jwksUri?: string; readonly caPem?: string; readonly audiences?: readonly string[] }): Promise<void>;
  createRole(role: Role): Promise<Role>;
  /** Takes away a role and its sessions, which nobody knows from now on (UnrecognizedClientException). */
  deleteRole(arn: string): Promise<void>;
  /** Ends all sessions of a role at once (ExpiredTokenException); new ones can be had. Returns how many were alive. */
  endSessions(roleArn: string): Promise<number>;
  /** Shares a CA with another account, as AWS RAM does. */
  createShare(order: ShareOrder): Promise<Share>;
  shares(): Promise<readonly Share[]>;
  /** One share, or all of them. */
  removeShare(id?: string): Promise<void>;
  /** Lets GET /v1/credentials give the role to the tokens of a ServiceAccount; the role must trust `pods.eks.amazonaws.com`. */
  associatePodIdentity(order: PodIdentityAssociationOrder): Promise<PodIdentityAssociation>;
  podIdentityAssociations(): Promise<readonly PodIdentityAssociation[]>;
  /** One association, or all of them. */
  removePodIdentityAssociation(serviceAccount?: { readonly namespace: string; readonly serviceAccount: string }): Promise<void>;
  /** Lets instance metadata give this role, which must trust `ec2.amazonaws.com`. There is one instance, with one profile at most. */
  attachInstanceProfile(roleArn: string): Promise<void>;
  detachInstanceProfile(): Promise<void>;
  addPermission(rule: Omit<PermissionRule, 'id'> & { readonly id?: string }): Promise<PermissionRule>;
  /** One rule, or all of them. */
  clearPermissions(id?: string): Promise<void>;
  fault(order: FaultOrder): Promise<Fault>;
  faults(): Promise<FaultsView>;
  /** Forgets the faults that fit and lets the calls go that hang on them. */
  clearFaults(filter?: FaultFilter): Promise<void>;
  /** Lets hanging calls go and keeps the faults. */
  releaseHanging(filter?: FaultFilter): Promise<number>;
  journal(question?: { readonly since?: number; readonly ca?: string; readonly waitMs?: number }): Promise<JournalView>;
  /**
   * The first entry that fits, from `since` (0 unless told) on; waits for it without polling.
   * @throws Error when none has come within the timeout, which is two minutes unless told, and so only ends what hangs
   */
  waitForJournal(fits: (entry: JournalEntry) => boolean, options?: JournalWait): Promise<JournalEntry>;
  resetJournal(): Promise<void>;
  /** Reads the virtual clock, or moves it first. */
  clock(change?: { readonly offsetMs: number } | { readonly advanceMs: number }): Promise<ClockView>;
  /** Reads the settings, or changes some first. */
  settings(change?: Partial<Settings>): Promise<Settings>;
  status(): Promise<StatusView>;
}

/** A client of the emulator at this address. Every method throws an Error with the server's sentence when it refuses. */
export function connectEmulator(address: string): EmulatorClient {
  const url = address.replace(/\/$/, '');
  const get = <Answer>(path: string, query: Query = {}) => ask<Answer>(`${url}/admin/${path}${search(query)}`, 'GET');
  const post = <Answer>(path: string, body: object, query: Query = {}) => ask<Answer>(`${url}/admin/${path}${search(query)}`, 'POST', body);
  const remove = async (path: string, query: Query = {}) => void (await ask(`${url}/admin/${path}${search(query)}`, 'DELETE'));
  const journal: EmulatorClient['journal'] = ({ since, ca, waitMs } = {}) => get('journal', { since, ca, wait: waitMs });
  return {
    url,
    createHierarchy: (order) => post('hierarchies', order),
    authorities: async () => (await get<{ authorities: AuthorityView[] }>('authorities')).authorities,
    changeAuthority: (change) => post('authorities', change),
    setStatus: (arn, status) => post('authorities', { arn, status }),
    certificates: async (ca) => (await get<{ certificates: CertificateView[] }>('certificates', { ca })).certificates,
    auditReports: async (ca) => (await get<{ reports: AuditReportView[] }>('audit-reports', { ca })).reports,
    createAccessKey: (order) => post('access-keys', order),
    deleteAccessKey: (accessKeyId) => remove('access-keys', { accessKeyId }),
    trustCluster: async (provider) => void (await post('oidc-providers', provider)),
    createRole: (role) => post('roles', role),
    deleteRole: (arn) => remove('roles', { arn }),
    endSessions: async (roleArn) => (await ask<{ ended: number }>(`${url}/admin/sessions${search({ roleArn })}`, 'DELETE')).ended,
    createShare: (order) => post('shares', order),
    shares: async () => (await get<{ shares: Share[] }>('shares')).shares,
    removeShare: (id) => remove('shares', { id }),
    associatePodIdentity: (order) => post('pod-identity-associations', order),
    podIdentityAssociations: async () => (await get<{ associations: PodIdentityAssociation[] }>('pod-identity-associations')).associations,
    removePodIdentityAssociation: (serviceAccount) => remove('pod-identity-associations', { ...serviceAccount }),
    attachInstanceProfile: async (roleArn) => void (await post('instance-profile', { roleArn })),
    detachInstanceProfile: () => remove('instance-profile'),
    addPermission: (rule) => post('permissions', rule),
    clearPermissions: (id) => remove('permissions', { id }),
    fault: (order) => post('faults', order),
    faults: () => get('faults'),
    clearFaults: (filter = {}) => remove('faults', { ...filter }),
    releaseHanging: async (filter = {}) => (await post<{ released: number }>('faults/release', {}, { ...filter })).released,
    journal,
    waitForJournal: (fits, options) => waitForEntry(journal, fits, options),
    resetJournal: async () => void (await post('journal/reset', {})),
    clock: (change) => (change === undefined ? get('clock') : post('clock', change)),
    settings: (change) => (change === undefined ? get('settings') : post('settings', change)),
    status: () => get('status'),
  };
}

type Query = Readonly<Record<string, string | number | undefined>>;

function search(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

async function ask<Answer>(url: string, method: string, body?: object): Promise<Answer> {
  const options = { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) };
  const response = await fetch(url, options).catch((error: unknown) => {
    throw new Error(`${method} ${url}: no emulator answers (${reasonOf(error)})`, { cause: error });
  });
  const answer = (await response.json()) as Answer & { readonly message?: string };
  if (!response.ok) throw new Error(`${method} ${url}: ${answer.message ?? response.status}`);
  return answer;
}

/** fetch says "fetch failed" and keeps what happened in the cause. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}

async function waitForEntry(
  journal: EmulatorClient['journal'],
  fits: (entry: JournalEntry) => boolean,
  { timeoutMs = 120_000, since = 0, ...filter }: JournalWait = {},
): Promise<JournalEntry> {
  const deadline = Date.now() + timeoutMs;
  let seen = since;
  for (;;) {
    const restMs = Math.max(0, deadline - Date.now());
    const { entries } = await journal({ since: seen, waitMs: restMs, ...filter });
    const found = entries.find(fits);
    if (found !== undefined) return found;
    if (restMs === 0) throw new Error(`the journal had no such entry within ${timeoutMs} ms`);
    seen = entries.at(-1)?.seq ?? seen;
  }
}
