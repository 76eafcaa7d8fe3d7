// What an issuer says of itself, there and back: each reason appears with its cause, and goes with its cure, without an edit or a restart.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { region, roleArn as controllerRole } from '../../hack/world/trust.ts';
import { ask, issuerOf, issuerSays, issuerWarns, leafFrom } from '../harness/identities.ts';
import { cacertsSpec, readyOf, scenario } from '../harness/scenario.ts';

const kind = 'AWSPCAClusterIssuer';

/** A CA that the account does not have yet. */
const missingArn = `arn:aws:acm-pca:${region}:123456789012:certificate-authority/0badcafe-0000-4000-8000-000000000000`;

describe('readiness', { concurrency: 4 }, () => {
  for (const [status, reason, words] of [
    ['DISABLED', 'CertificateAuthorityDisabled', /is DISABLED and signs nothing; enable it with/],
    ['EXPIRED', 'CertificateAuthorityExpired', /is EXPIRED and signs nothing; import a renewed CA certificate/],
    ['DELETED', 'CertificateAuthorityDeleted', /is DELETED and signs nothing; restore it/],
    ['PENDING_CERTIFICATE', 'CertificateAuthorityNotActive', /is PENDING_CERTIFICATE and signs nothing; import its CA certificate/],
    ['CREATING', 'CertificateAuthorityNotActive', /is CREATING and signs nothing; it becomes ready by itself/],
    ['FAILED', 'CertificateAuthorityNotActive', /is FAILED and signs nothing; name another CA/],
  ] as const) {
    scenario(`a CA that is ${status} makes a Ready issuer say ${reason} when a request meets it, and back`, 'approving', async (s) => {
      const arn = await s.subordinate();
      const issuerRef = await s.clusterIssuer(arn);
      await issuerSays(s, kind, 'True', 'Verified');
      await s.emulator.setStatus(arn, status);
      const name = await ask(s, issuerRef);
      await issuerSays(s, kind, 'False', reason, words);
      await s.emulator.setStatus(arn, 'ACTIVE');
      await issuerSays(s, kind, 'True', 'Verified');
      await s.requestWith(name, 'Issued');
      assert.equal(await s.issuedBy(arn), 1);
    });
  }

  scenario('a CA that is not there is told as not found, and another one by an edit heals it at once', 'approving', async (s) => {
    await s.clusterIssuer(missingArn);
    await issuerSays(s, kind, 'False', 'CertificateAuthorityNotFound', /correct spec\.arn, or share the CA with this account \(AWS RAM\)$/);
    await leafFrom(s, await s.clusterIssuer(await s.subordinate()));
    await issuerSays(s, kind, 'True', 'Verified');
  });

  scenario('a denied Describe names the action, the CA and the policy; the grant heals it', 'approving', async (s) => {
    const arn = await s.subordinate();
    // Its own certificate would do instead, so that is denied too.
    const rules = await Promise.all(['DescribeCertificateAuthority', 'GetCertificateAuthorityCertificate'].map((operation) => s.emulator.addPermission({ effect: 'deny', operation, ca: arn })));
    await s.clusterIssuer(arn);
    await issuerSays(s, kind, 'False', 'AccessDenied', /a policy denies it explicitly: take acm-pca:DescribeCertificateAuthority on arn:\S+ out of that Deny/);
    await Promise.all(rules.map(({ id }) => s.emulator.clearPermissions(id)));
    await issuerSays(s, kind, 'True', 'Verified');
  });

  scenario('an issuer that was never reached is Unreachable, and Ready once AWS answers', 'approving', async (s) => {
    const arn = await s.subordinate();
    await s.fault(arn, { operation: 'DescribeCertificateAuthority', kind: 'error-503', times: 'until-cleared' });
    await s.clusterIssuer(arn);
    await issuerSays(s, kind, 'False', 'Unreachable', /^DescribeCertificateAuthority on arn:/);
    await s.heal();
    await issuerSays(s, kind, 'True', 'Verified');
  });

  scenario('a faulty spec is told whole before anything else, and a good one heals it', 'approving', async (s) => {
    await s.clusterIssuer('arn:aws:acm-pca:x', { notBeforeOffset: '25h', roleOptions: { sessionName: 'a1' }, role: 'arn:aws-cn:iam::123456789012:role/x', pcaTemplate: { defaultTemplateName: 'No such/template' } });
    const message = readyOf(await issuerSays(s, kind, 'False', 'Validation'))?.message ?? '';
    for (const field of [/^Failed to validate resource: notBeforeOffset in Issuer Spec must not exceed 24h; /, /spec\.arn is "arn:aws:acm-pca:x"/, /spec\.pcaTemplate\.defaultTemplateName is "No such\/template"/]) assert.match(message, field);
    await s.api.remove(issuerOf(s, kind));
    await leafFrom(s, await s.clusterIssuer(await s.subordinate()));
  });

  scenario('requests that a denied template holds up are told by the issuer, which stays Ready; the grant takes it back', 'approving', async (s) => {
    const arn = await s.subordinate();
    const rule = await s.emulator.addPermission({ effect: 'deny', operation: 'IssueCertificate', ca: arn, principal: controllerRole });
    const name = await ask(s, await s.clusterIssuer(arn));
    const warning = await issuerWarns(s, kind, 'RequestsWaiting', true, /take acm-pca:IssueCertificate on \S+ with template arn:aws:acm-pca:::template\//);
    assert.deepEqual([warning?.status, warning?.reason], ['True', 'Refused']);
    await issuerSays(s, kind, 'True', 'Verified');
    await s.emulator.clearPermissions(rule.id);
    await s.requestWith(name, 'Issued');
    await issuerWarns(s, kind, 'RequestsWaiting', false);
  });

  scenario('a default template that disagrees with isCA is told by the issuer as TemplateMismatch until it is put right', 'approving', async (s) => {
    const arn = await s.subordinate();
    const issuerRef = await s.clusterIssuer(arn, { pcaTemplate: { defaultTemplateName: 'EndEntityCertificate/V1' } });
    await s.certificate('cacerts', cacertsSpec(issuerRef));
    const warning = await issuerWarns(s, kind, 'RequestsWaiting', true, /makes a leaf certificate, but the request has isCA: true/);
    assert.equal(warning?.reason, 'TemplateMismatch');
    await s.clusterIssuer(arn, {});
    await s.api.patch(issuerOf(s, kind), { spec: { pcaTemplate: null } });
    await s.secretOf('cacerts');
    await issuerWarns(s, kind, 'RequestsWaiting', false);
  });

  scenario('a CA that ends before the longest duration asked of it is warned of; status names CA, root and end', 'approving', async (s) => {
    const key = { keyAlgorithm: 'EC_prime256v1' } as const;
    const [, arn = ''] = await s.hierarchy([{ name: 'root', ...key }, { name: 'subordinate', ...key, validityDays: 20 }]);
    await s.clusterIssuer(arn);
    const warning = await issuerWarns(s, kind, 'ExpiresSoon', true, /requests for 30 days, the longest duration here, wait since/);
    assert.equal(warning?.reason, 'CertificateAuthorityExpiring');
    const { status } = await issuerSays(s, kind, 'True', 'Verified');
    const [authority] = (await s.emulator.authorities()).filter((each) => each.arn === arn);
    assert.deepEqual([status.certificateAuthority.id, status.certificateAuthority.type, status.certificateAuthority.status], [arn.split('/').at(-1), 'SUBORDINATE', 'ACTIVE']);
    assert.match(status.certificateAuthority.rootSHA256, /^[0-9a-f]{64}$/);
    assert.ok(authority !== undefined);
    await s.clusterIssuer(await s.subordinate());
    await issuerWarns(s, kind, 'ExpiresSoon', false);
  });
});
