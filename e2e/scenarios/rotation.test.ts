// Credentials that change while requests come: nothing fails, nothing is restarted, nothing is bought twice.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { account } from '../../hack/world/trust.ts';
import { allowTokens, applyIssuer, ask, issuerSays, kinds, lastOrder, makeServiceAccount, putKeys, roleArn, roleForServiceAccount, secretRef, type Kind } from '../harness/identities.ts';
import { assertOnce, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';

const askers = 3;
/** The longest that a change may go unseen (a Secret is read again after ten seconds), and then some for a busy machine. */
const healMs = 120_000;

/** Asks one request after the other, several at a time, from before the change until each asker was served once more after it. */
async function underLoad(s: Scenario, issuerRef: IssuerRef, change: () => Promise<void>): Promise<void> {
  let isChanged = false;
  const served = Promise.withResolvers<void>();
  const serve = async (): Promise<void> => {
    for (let after = 0; after < 2; after += isChanged ? 1 : 0) {
      await s.requestWith(await ask(s, issuerRef), 'Issued', healMs);
      served.resolve();
    }
  };
  const load = Promise.all(Array.from({ length: askers }, serve));
  load.catch(served.reject);
  await served.promise;
  await change();
  isChanged = true;
  await load;
}

async function keysOnly(s: Scenario, kind: Kind): Promise<void> {
  const arn = await s.subordinate();
  const old = await putKeys(s, 'keys', { user: 'old' });
  const issuerRef = await applyIssuer(s, kind, arn, secretRef(s, 'keys'));
  await underLoad(s, issuerRef, async () => {
    await putKeys(s, 'keys', { user: 'new' });
    // The strictest rotation: the old key is gone at once.
    await s.emulator.deleteAccessKey(old.accessKeyId);
  });
  await assertOnce(s, arn);
  assert.match((await lastOrder(s, arn)).caller ?? '', /:user\/new$/);
}

describe('rotation under load', { concurrency: 4 }, () => {
  for (const kind of kinds) {
    scenario(`${kind}: the keys in a Secret are replaced, and the old ones stop at once`, 'approving', (s) => keysOnly(s, kind));

    scenario(`${kind}: the sessions of a role on top of keys are ended early, twice`, 'approving', async (s) => {
      const arn = await s.subordinate();
      await putKeys(s, 'keys');
      const role = roleArn();
      await s.emulator.createRole({ arn: role, trust: [{ principal: `arn:aws:iam::${account}:user/tester` }] });
      const issuerRef = await applyIssuer(s, kind, arn, { ...secretRef(s, 'keys'), role });
      for (let round = 0; round < 2; round++) {
        await underLoad(s, issuerRef, async () => assert.ok((await s.emulator.endSessions(role)) > 0));
      }
      await assertOnce(s, arn);
    });

    scenario(`${kind}: a ServiceAccount is deleted and made anew, and its role is replaced by another one`, 'approving', async (s) => {
      const arn = await s.subordinate();
      await makeServiceAccount(s, 'mesh');
      await allowTokens(s, 'mesh');
      const serviceAccountRef = { name: 'mesh', namespace: s.namespace };
      const first = await roleForServiceAccount(s, 'mesh');
      const second = await roleForServiceAccount(s, 'mesh');
      const issuerRef = await applyIssuer(s, kind, arn, { role: first, serviceAccountRef });
      await underLoad(s, issuerRef, async () => {
        await s.api.remove({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: s.namespace, name: 'mesh' });
        await makeServiceAccount(s, 'mesh');
      });
      await underLoad(s, issuerRef, async () => {
        await applyIssuer(s, kind, arn, { role: second, serviceAccountRef });
        await s.emulator.deleteRole(first);
      });
      await issuerSays(s, kind, 'True', 'Verified');
      await assertOnce(s, arn);
      assert.match((await lastOrder(s, arn)).caller ?? '', new RegExp(`:assumed-role/${second.split('/').at(-1)}/`));
    });
  }
});
