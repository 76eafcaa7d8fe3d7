// Admin: which CAs are shared with which accounts.
import { randomUUID } from 'node:crypto';
import { managedPermissions, type CustomerManagedPermission, type Share } from '../access/shares.ts';
import { certificateAuthorityAccount } from '../arn.ts';
import { given } from '../given.ts';
import type { Route } from './admin-endpoint.ts';
import { bad, bodyFields, objectFields, onlyFields, optionalList, optionalText, text, type Fields } from './fields.ts';

export const shareRoutes: Readonly<Record<string, Route>> = {
  'POST /admin/shares': (request, { store }) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['id', 'ca', 'account', 'permissions']);
    const [ca, account] = [text(fields, 'ca'), text(fields, 'account')];
    const owner = certificateAuthorityAccount(ca);
    if (owner === undefined) throw bad(`${ca} is not the ARN of a CA`);
    if (!/^\d{12}$/.test(account)) throw bad('account must have 12 digits');
    if (owner === account) throw bad('a CA is shared with another account than its own');
    const share: Share = { id: optionalText(fields, 'id') ?? randomUUID(), ca, account, permissions: permissions(fields) };
    store.shares.put(share.id, share);
    return share;
  },
  'GET /admin/shares': (_request, { store }) => ({ shares: store.shares.values() }),
  'DELETE /admin/shares': (request, { store }) => {
    const id = request.query.get('id');
    if (id === null) store.shares.clear();
    else store.shares.delete(id);
    return {};
  },
};

function permissions(fields: Fields): Share['permissions'] {
  const value = fields['permissions'];
  if (value === undefined) return ['AWSRAMDefaultPermissionCertificateAuthority'];
  return Array.isArray(value) ? value.map(permission) : [customerManaged(value)];
}

function permission(item: unknown): Share['permissions'][number] {
  if (typeof item !== 'string') return customerManaged(item);
  const known = managedPermissions.find((name) => name === item);
  if (known === undefined) throw bad(`permissions must be of ${managedPermissions.join(', ')}, or {operations, templates?}`);
  return known;
}

function customerManaged(item: unknown): CustomerManagedPermission {
  const fields = objectFields(item, 'a permission');
  onlyFields(fields, ['operations', 'templates']);
  const operations = optionalList(fields, 'operations', String);
  if (operations === undefined) throw bad('operations is required');
  return { operations, ...given({ templates: optionalList(fields, 'templates', String) }) };
}
