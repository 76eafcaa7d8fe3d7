// Everything the emulator remembers, table by table.
import type { AccessKey, Session } from '../access/credentials.ts';
import type { PermissionRule } from '../access/permissions.ts';
import type { Share } from '../access/shares.ts';
import type { AuditReport } from '../audit/audit-report.ts';
import type { Authority } from '../authorities/authority.ts';
import type { IssuedCertificate } from '../authorities/issued-certificate.ts';
import type { RememberedToken } from '../operations/idempotency.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import type { OidcProvider } from '../sts/oidc-provider.ts';
import type { Role } from '../sts/role.ts';
import type { PodIdentityAssociation } from '../workload/pod-identity-association.ts';
import { openStateFile, readChanges, type StateFile } from './state-file.ts';
import { Table, type Change } from './table.ts';

export interface Store {
  readonly authorities: Table<Authority>;
  readonly certificates: Table<IssuedCertificate>;
  readonly tokens: Table<RememberedToken>;
  readonly accessKeys: Table<AccessKey>;
  readonly sessions: Table<Session>;
  readonly providers: Table<OidcProvider>;
  readonly roles: Table<Role>;
  readonly permissions: Table<PermissionRule>;
  readonly shares: Table<Share>;
  readonly podIdentityAssociations: Table<PodIdentityAssociation>;
  /** ARN of a role, under `instanceProfileKey`. */
  readonly instanceProfiles: Table<string>;
  readonly auditReports: Table<AuditReport>;
  settings(): Settings;
  changeSettings(change: Partial<Settings>): void;
  clockOffsetMs(): number;
  saveClockOffset(offsetMs: number): void;
  close(): void;
}

/** There is one instance. */
export const instanceProfileKey = 'instance';

/**
 * Opens the emulator's memory.
 * @param path  the state file, made when it is absent; undefined keeps everything in memory only
 * @throws Error when the file exists and is not a state file
 */
export function openStore(path: string | undefined): Store {
  let file: StateFile | undefined;
  const tell = (change: Change): void => file?.append(change);
  const tables = {
    authorities: new Table<Authority>('authorities', tell),
    certificates: new Table<IssuedCertificate>('certificates', tell),
    tokens: new Table<RememberedToken>('tokens', tell),
    accessKeys: new Table<AccessKey>('accessKeys', tell),
    sessions: new Table<Session>('sessions', tell),
    providers: new Table<OidcProvider>('providers', tell),
    roles: new Table<Role>('roles', tell),
    permissions: new Table<PermissionRule>('permissions', tell),
    shares: new Table<Share>('shares', tell),
    podIdentityAssociations: new Table<PodIdentityAssociation>('podIdentityAssociations', tell),
    instanceProfiles: new Table<string>('instanceProfiles', tell),
    auditReports: new Table<AuditReport>('auditReports', tell),
    settings: new Table<Partial<Settings>>('settings', tell),
    clock: new Table<number>('clock', tell),
  };
  if (path !== undefined) {
    const byName = new Map<string, Table<never>>(Object.values(tables).map((table) => [table.name, table as Table<never>]));
    for (const [name, key, value] of readChanges(path)) byName.get(name)?.restore(key, value as never);
    const rows = Object.values(tables).flatMap((table) => table.entries().map(([key, row]): Change => [table.name, key, row]));
    file = openStateFile(path, rows);
  }
  return {
    ...tables,
    settings: () => ({ ...defaultSettings, ...tables.settings.get('settings') }),
    changeSettings: (change) => tables.settings.put('settings', { ...tables.settings.get('settings'), ...change }),
    clockOffsetMs: () => tables.clock.get('offsetMs') ?? 0,
    saveClockOffset: (offsetMs) => tables.clock.put('offsetMs', offsetMs),
    close: () => file?.close(),
  };
}
