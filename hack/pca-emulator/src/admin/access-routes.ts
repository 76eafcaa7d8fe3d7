// Admin: who may call. Access keys, providers of web identities, roles and permission rules.
import { randomUUID } from 'node:crypto';
import { newAccessKeyId, newSecretAccessKey, type AccessKey } from '../access/credentials.ts';
import type { PermissionRule, RolePermission } from '../access/permissions.ts';
import { roleNameOf } from '../arn.ts';
import { given } from '../given.ts';
import { jwkSetOf, type OidcProvider } from '../sts/oidc-provider.ts';
import type { Role } from '../sts/role.ts';
import { endSessions } from '../sts/session-grant.ts';
import type { Route } from './admin-endpoint.ts';
import { bad, bodyFields, objectFields, onlyFields, optionalChoice, optionalFlag, optionalList, optionalNumber, optionalPatterns, optionalText, text } from './fields.ts';

export const accessRoutes: Readonly<Record<string, Route>> = {
  'POST /admin/access-keys': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['account', 'user', 'principalArn', 'accessKeyId', 'secretAccessKey']);
    const account = text(fields, 'account');
    if (!/^\d{12}$/.test(account)) throw bad('account must have 12 digits');
    const key: AccessKey = {
      accessKeyId: optionalText(fields, 'accessKeyId') ?? newAccessKeyId('AKIA'),
      secretAccessKey: optionalText(fields, 'secretAccessKey') ?? newSecretAccessKey(),
      account,
      principalArn: optionalText(fields, 'principalArn') ?? `arn:aws:iam::${account}:user/${optionalText(fields, 'user') ?? 'tester'}`,
    };
    store.accessKeys.put(key.accessKeyId, key);
    return key;
  },
  'DELETE /admin/access-keys': (request, { store }) => {
    const id = request.query.get('accessKeyId') ?? '';
    store.accessKeys.delete(id);
    store.sessions.delete(id);
    return {};
  },
  'POST /admin/oidc-providers': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['issuer', 'jwks', 'jwksUri', 'caPem', 'audiences']);
    const provider: OidcProvider = {
      issuer: text(fields, 'issuer'),
      ...given({
        jwks: fields['jwks'] === undefined ? undefined : jwks(fields['jwks']),
        jwksUri: optionalText(fields, 'jwksUri'),
        caPem: optionalText(fields, 'caPem'),
        audiences: optionalList(fields, 'audiences', String),
      }),
    };
    if (provider.jwks === undefined && provider.jwksUri === undefined) throw bad('one of jwks and jwksUri is required');
    store.providers.put(provider.issuer, provider);
    return { issuer: provider.issuer };
  },
  'GET /admin/oidc-providers': (_request, { store }) => ({ providers: store.providers.values() }),
  'POST /admin/roles': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['arn', 'trust', 'permissions', 'maxSessionSeconds']);
    const arn = text(fields, 'arn');
    if (roleNameOf(arn) === undefined) throw bad(`${arn} is not the ARN of a role`);
    const role: Role = {
      arn,
      trust: optionalList(fields, 'trust', trust) ?? [],
      ...given({ permissions: optionalList(fields, 'permissions', permission), maxSessionSeconds: optionalNumber(fields, 'maxSessionSeconds') }),
    };
    store.roles.put(arn, role);
    return role;
  },
  'GET /admin/roles': (_request, { store }) => ({ roles: store.roles.values() }),
  'DELETE /admin/roles': (request, { store }) => {
    const arn = request.query.get('arn') ?? '';
    store.roles.delete(arn);
    for (const session of store.sessions.values()) if (session.roleArn === arn) store.sessions.delete(session.accessKeyId);
    return {};
  },
  'DELETE /admin/sessions': (request, { store, clock }) => ({ ended: endSessions(store, request.query.get('roleArn') ?? '', clock.machineNow()) }),
  'POST /admin/permissions': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['id', 'effect', 'principal', 'operation', 'ca', 'template', 'principalTags']);
    const effect = optionalChoice(fields, 'effect', ['allow', 'deny']);
    if (effect === undefined) throw bad('effect is required: allow or deny');
    const rule: PermissionRule = {
      id: optionalText(fields, 'id') ?? randomUUID(),
      effect,
      ...patterns(fields),
      ...given({ principal: optionalText(fields, 'principal') }),
    };
    store.permissions.put(rule.id, rule);
    return rule;
  },
  'GET /admin/permissions': (_request, { store }) => ({ permissions: store.permissions.values() }),
  'DELETE /admin/permissions': (request, { store }) => {
    const id = request.query.get('id');
    if (id === null) store.permissions.clear();
    else store.permissions.delete(id);
    return {};
  },
};

function jwks(value: unknown) {
  try {
    return jwkSetOf(value);
  } catch {
    throw bad('jwks must be an object with a list of keys');
  }
}

function trust(item: unknown): Role['trust'][number] {
  const fields = objectFields(item, 'a trust statement');
  if (fields['principal'] !== undefined) {
    onlyFields(fields, ['principal', 'externalId', 'sessionName', 'requestTags', 'allowsTags']);
    return {
      principal: text(fields, 'principal'),
      ...given({
        externalId: optionalText(fields, 'externalId'),
        sessionName: optionalText(fields, 'sessionName'),
        requestTags: optionalPatterns(fields, 'requestTags'),
        allowsTags: optionalFlag(fields, 'allowsTags'),
      }),
    };
  }
  onlyFields(fields, ['provider', 'audience', 'subject', 'sessionName']);
  return {
    provider: text(fields, 'provider'),
    ...given({ audience: optionalText(fields, 'audience'), subject: optionalText(fields, 'subject'), sessionName: optionalText(fields, 'sessionName') }),
  };
}

function permission(item: unknown): RolePermission {
  const fields = objectFields(item, 'a permission');
  onlyFields(fields, ['operation', 'ca', 'template', 'principalTags']);
  return patterns(fields);
}

function patterns(fields: ReturnType<typeof bodyFields>): RolePermission {
  return given({
    operation: optionalText(fields, 'operation'),
    ca: optionalText(fields, 'ca'),
    template: optionalText(fields, 'template'),
    principalTags: optionalPatterns(fields, 'principalTags'),
  });
}
