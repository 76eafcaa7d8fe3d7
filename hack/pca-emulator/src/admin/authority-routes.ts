// Admin: hierarchies, certificate authorities and what they issued.
import type { AuditReport } from '../audit/audit-report.ts';
import { authorityNotFound, authorityStatuses, chainFormats, statusOf, usageModes, type Authority, type RevocationConfiguration, type Tag } from '../authorities/authority.ts';
import { createHierarchy, type HierarchyOrder, type TierOrder } from '../authorities/hierarchy.ts';
import type { IssuedCertificate } from '../authorities/issued-certificate.ts';
import { isKeyAlgorithm, keyAlgorithms } from '../certificates/key-algorithm.ts';
import type { NameConstraints } from '../certificates/name-constraints.ts';
import type { Emulator } from '../emulator.ts';
import { given } from '../given.ts';
import { nameConstraintsShape, subjectShape, tagsShape } from '../operations/operation-shapes.ts';
import { checkShape } from '../wire/shape.ts';
import type { Route } from './admin-endpoint.ts';
import type { AuditReportView, AuthorityView, CertificateView } from './contract.ts';
import { bad, bodyFields, objectFields, onlyFields, optionalChoice, optionalFlag, optionalList, optionalNumber, optionalText, text, type Fields } from './fields.ts';

export const authorityRoutes: Readonly<Record<string, Route>> = {
  'POST /admin/hierarchies': async (request, emulator) => {
    const order = hierarchyOrder(bodyFields(request));
    const authorities = await createHierarchy(emulator.store, order, emulator.clock.now());
    return { name: order.name, authorities: authorities.map((authority) => view(authority, emulator)) };
  },
  'GET /admin/authorities': (_request, emulator) => ({
    authorities: emulator.store.authorities.values().map((authority) => view(authority, emulator)),
  }),
  'POST /admin/authorities': (request, emulator) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['arn', 'status', 'signingMs', 'certificateQuota', 'chainFormat', 'tags']);
    const arn = text(fields, 'arn');
    const authority = emulator.store.authorities.get(arn);
    if (authority === undefined) throw authorityNotFound(arn);
    const status = optionalChoice(fields, 'status', authorityStatuses) ?? authority.status;
    const changed: Authority = {
      ...authority,
      status,
      lastStateChangeAtMs: status === authority.status ? authority.lastStateChangeAtMs : emulator.clock.now(),
      signingMs: fields['signingMs'] === null ? undefined : (optionalNumber(fields, 'signingMs') ?? authority.signingMs),
      certificateQuota: fields['certificateQuota'] === null ? undefined : (optionalNumber(fields, 'certificateQuota') ?? authority.certificateQuota),
      chainFormat: optionalChoice(fields, 'chainFormat', chainFormats) ?? authority.chainFormat,
      tags: tags(fields) ?? authority.tags,
    };
    emulator.store.authorities.put(arn, changed);
    return view(changed, emulator);
  },
  'GET /admin/certificates': (request, emulator) => {
    const ca = request.query.get('ca');
    const certificates = emulator.store.certificates.values().filter(({ authorityArn }) => ca === null || authorityArn === ca);
    return { certificates: certificates.map((certificate) => certificateView(certificate, emulator)) };
  },
  'GET /admin/audit-reports': (request, { store }) => {
    const ca = request.query.get('ca');
    const reports = store.auditReports.values().filter(({ authorityArn }) => ca === null || authorityArn === ca);
    return { reports: reports.map(auditReportView) };
  },
};

function view(authority: Authority, { clock }: Emulator): AuthorityView {
  const { privateKeyPem: _key, subjectDer: _subject, ...shown } = authority;
  return { ...shown, status: statusOf(authority, clock.now()) };
}

function certificateView(issued: IssuedCertificate, { clock }: Emulator): CertificateView {
  const { arn, authorityArn, certificate, template, revocation } = issued;
  const isSigned = !issued.hasFailed && issued.visibleAtMs <= clock.now();
  const revoked = revocation === undefined ? {} : { revokedAt: new Date(revocation.atMs).toISOString(), revocationReason: revocation.reason };
  return { arn, authorityArn, certificate, template, issuedAt: new Date(issued.issuedAtMs).toISOString(), isSigned, ...revoked };
}

function auditReportView({ createdAtMs, readyAtMs: _ready, ...report }: AuditReport): AuditReportView {
  return { ...report, createdAt: new Date(createdAtMs).toISOString() };
}

function tags(fields: Fields): readonly Tag[] | undefined {
  const value = fields['tags'];
  if (value === undefined) return undefined;
  checkShape({ Tags: value }, { kind: 'structure', members: { Tags: tagsShape } });
  return value as readonly Tag[];
}

function hierarchyOrder(fields: ReturnType<typeof bodyFields>): HierarchyOrder {
  onlyFields(fields, ['name', 'account', 'region', 'partition', 'tiers']);
  const account = text(fields, 'account');
  if (!/^\d{12}$/.test(account)) throw bad('account must have 12 digits');
  const tiers = optionalList(fields, 'tiers', tierOrder) ?? [];
  if (new Set(tiers.map(({ name }) => name)).size !== tiers.length) throw bad('tiers must have different names');
  return { name: text(fields, 'name'), account, region: text(fields, 'region'), tiers, ...given({ partition: optionalText(fields, 'partition') }) };
}

function tierOrder(item: unknown): TierOrder {
  const fields = objectFields(item, 'a tier');
  onlyFields(fields, [
    'name', 'keyAlgorithm', 'signingAlgorithm', 'commonName', 'subject', 'pathLen', 'validityDays', 'usageMode', 'revocationConfiguration', 'tags', 'nameConstraints',
    'external',
  ]);
  const keyAlgorithm = text(fields, 'keyAlgorithm');
  if (!isKeyAlgorithm(keyAlgorithm)) throw bad(`keyAlgorithm must be one of ${keyAlgorithms.join(', ')}`);
  const subject = fields['subject'] === undefined ? undefined : objectFields(fields['subject'], 'subject');
  if (subject !== undefined) checkShape(subject, subjectShape);
  const revocation = fields['revocationConfiguration'];
  return {
    name: text(fields, 'name'),
    keyAlgorithm,
    ...given({
      signingAlgorithm: optionalText(fields, 'signingAlgorithm'),
      commonName: optionalText(fields, 'commonName'),
      subject: subject as TierOrder['subject'],
      pathLen: optionalNumber(fields, 'pathLen'),
      validityDays: optionalNumber(fields, 'validityDays'),
      usageMode: optionalChoice(fields, 'usageMode', usageModes),
      revocationConfiguration: revocation === undefined ? undefined : (objectFields(revocation, 'revocationConfiguration') as RevocationConfiguration),
      tags: tags(fields),
      nameConstraints: nameConstraints(fields),
      external: optionalFlag(fields, 'external'),
    }),
  };
}

function nameConstraints(fields: Fields): NameConstraints | undefined {
  const value = fields['nameConstraints'];
  if (value === undefined) return undefined;
  checkShape(objectFields(value, 'nameConstraints'), nameConstraintsShape);
  onlyFields(objectFields(value, 'nameConstraints'), Object.keys(nameConstraintsShape.members));
  return value as NameConstraints;
}
