// Every way in which an issuer comes to credentials of its own, on both kinds: keys, roles, ServiceAccounts, chains, other accounts.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { account, region, roleArn as controllerRole } from '../../hack/world/trust.ts';
import {
  allowTokens, applyIssuer, ask, issuerSays, kinds, lastOrder, leafFrom, makeServiceAccount, otherAccount, putKeys, roleArn, roleForServiceAccount, secretRef, subordinateOf,
} from '../harness/identities.ts';
import { cacertsSpec, readyOf, scenario } from '../harness/scenario.ts';

describe('credentials', { concurrency: 4 }, () => {
  for (const kind of kinds) {
    scenario(`${kind}: keys of a session, with its token under a selector`, 'approving', async (s) => {
      const arn = await s.subordinate();
      const user = await s.emulator.createAccessKey({ account, user: 'tester' });
      const role = roleArn();
      await s.emulator.createRole({ arn: role, trust: [{ principal: user.principalArn }] });
      const { accessKeyId, secretAccessKey } = user;
      const clientConfig = { region, endpoint: s.world.address.emulatorUrl };
      const session = await fromTemporaryCredentials({ masterCredentials: { accessKeyId, secretAccessKey }, params: { RoleArn: role, RoleSessionName: 'by-hand' }, clientConfig })();
      const stringData = { id: session.accessKeyId, key: session.secretAccessKey, token: session.sessionToken ?? '' };
      await s.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'session', namespace: s.namespace }, stringData });
      const selectors = { accessKeyIDSelector: { key: 'id' }, secretAccessKeySelector: { key: 'key' }, sessionTokenSelector: { key: 'token' } };
      await leafFrom(s, await applyIssuer(s, kind, arn, { secretRef: { name: 'session', namespace: s.namespace, ...selectors } }));
      assert.match((await lastOrder(s, arn)).caller ?? '', /:assumed-role\/e2e-\S+\/by-hand$/);
    });

    scenario(`${kind}: a role on top of keys, with external id, tags and a session name; without them STS refuses, and the issuer says what is missing`, 'approving', async (s) => {
      const arn = await s.subordinate();
      await putKeys(s, 'keys');
      const role = roleArn();
      const principal = `arn:aws:iam::${account}:user/tester`;
      await s.emulator.createRole({ arn: role, trust: [{ principal, externalId: 'mesh-4711', requestTags: { team: 'mesh' }, sessionName: 'mesh-*' }] });
      const spec = { ...secretRef(s, 'keys'), role };
      await applyIssuer(s, kind, arn, spec);
      await issuerSays(s, kind, 'False', 'Error', /^AccessDenied: User: arn:\S+ is not authorized to perform: sts:AssumeRole on resource: arn:\S+; the trust policy of arn:\S+ must allow sts:AssumeRole to this caller without an external id \(spec\.roleOptions\.externalId sets one\)/);
      const roleOptions = { externalId: 'mesh-4711', tags: { team: 'mesh' }, sessionName: 'mesh-a' };
      await leafFrom(s, await applyIssuer(s, kind, arn, { ...spec, roleOptions }));
      const order = await lastOrder(s, arn);
      assert.match(order.caller ?? '', /:assumed-role\/e2e-\S+\/mesh-a$/);
      assert.match(order.userAgent ?? '', new RegExp(`issuer/${kind}\\.`));
    });

    scenario(`${kind}: the token of a ServiceAccount becomes a session of exactly its role`, 'approving', async (s) => {
      const arn = await s.subordinate();
      const role = await roleForServiceAccount(s, 'mesh');
      await applyIssuer(s, kind, arn, { role, serviceAccountRef: { name: 'mesh', namespace: s.namespace } });
      await issuerSays(s, kind, 'False', 'Error', /^failed to request token for ServiceAccount \S+\/mesh: .*; allow this controller to create serviceaccounts\/token of mesh in \S+ with a Role and a RoleBinding$/);
      await allowTokens(s, 'mesh');
      await issuerSays(s, kind, 'False', 'Error', /^failed to request token for ServiceAccount \S+\/mesh: serviceaccounts "mesh" not found in namespace \S+$/);
      await makeServiceAccount(s, 'mesh');
      const ready = await issuerSays(s, kind, 'True', 'Verified');
      assert.equal(ready['status'].conditions.find(({ type }: { type: string }) => type === 'Ready').observedGeneration, ready.metadata['generation']);
      await leafFrom(s, await applyIssuer(s, kind, arn, { role, serviceAccountRef: { name: 'mesh', namespace: s.namespace } }));
      const name = kind === 'AWSPCAIssuer' ? `${s.namespace}@issuer` : s.namespace;
      assert.equal((await lastOrder(s, arn)).caller?.split('/').at(-1), `pca-issuer@${name}`);
    });

    scenario(`${kind}: a second hop by thenAssume, into the account that owns the CA`, 'approving', async (s) => {
      const arn = await subordinateOf(s, otherAccount);
      await makeServiceAccount(s, 'mesh');
      await allowTokens(s, 'mesh');
      const role = await roleForServiceAccount(s, 'mesh');
      const second = roleArn(otherAccount);
      await s.emulator.createRole({ arn: second, trust: [{ principal: role, externalId: 'second', requestTags: { team: 'mesh' } }] });
      const roleOptions = { tags: { team: 'mesh' }, thenAssume: [{ role: second, externalId: 'second' }] };
      await leafFrom(s, await applyIssuer(s, kind, arn, { role, serviceAccountRef: { name: 'mesh', namespace: s.namespace }, roleOptions }));
      assert.match((await lastOrder(s, arn)).caller ?? '', new RegExp(`^arn:aws:sts::${otherAccount}:assumed-role/`));
    });
  }

  scenario('a role of another account, assumed with the controller\'s own credentials', 'approving', async (s) => {
    const arn = await subordinateOf(s, otherAccount);
    const role = roleArn(otherAccount);
    await s.emulator.createRole({ arn: role, trust: [{ principal: controllerRole }] });
    await leafFrom(s, await s.clusterIssuer(arn, { role }));
    assert.match((await lastOrder(s, arn)).caller ?? '', new RegExp(`^arn:aws:sts::${otherAccount}:assumed-role/e2e-\\S+/pca-issuer@${s.namespace}$`));
  });

  for (const kind of kinds) {
    scenario(`${kind}: a CA of another account that is shared by RAM: each missing permission is named, and its grant heals issuer and request`, 'approving', async (s) => {
      const arn = await subordinateOf(s, otherAccount);
      // A namespaced issuer has no credentials but its own.
      await putKeys(s, 'keys');
      const issuerRef = await applyIssuer(s, kind, arn, kind === 'AWSPCAIssuer' ? secretRef(s, 'keys') : {});
      await issuerSays(s, kind, 'False', 'AccessDenied', new RegExp(`the CA belongs to account ${otherAccount}, the caller to ${account}: share the CA in AWS RAM with the permission AWSRAMDefaultPermissionCertificateAuthority, and allow acm-pca:DescribeCertificateAuthority on`));
      await s.emulator.createShare({ ca: arn, account });
      await issuerSays(s, kind, 'True', 'Verified');
      await s.certificate('cacerts', cacertsSpec(issuerRef));
      const waiting = await s.api.waitFor(
        { apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest', namespace: s.namespace, name: 'cacerts-1' },
        (object) => readyOf(object)?.reason === 'Pending' && /share the CA/.test(readyOf(object)?.message ?? ''),
        { what: 'the request to name the share that it needs' },
      );
      assert.match(readyOf(waiting)?.message ?? '', /with the permission AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority, and allow acm-pca:IssueCertificate on \S+ with template arn:aws:acm-pca:::template\/SubordinateCACertificate_PathLen0\/V1/);
      await s.emulator.createShare({ ca: arn, account, permissions: ['AWSRAMDefaultPermissionCertificateAuthority', 'AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority'] });
      await s.secretOf('cacerts');
      // A plain server certificate is what the default permission is for.
      await s.requestWith(await ask(s, issuerRef, { usages: ['server auth'] }), 'Issued');
      assert.equal((await s.emulator.journal({ ca: arn })).counters.violations, 0);
    });
  }
});
