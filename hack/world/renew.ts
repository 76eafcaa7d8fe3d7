// How a Certificate is renewed by hand, as `cmctl renew` does it.
import { hasCondition, type Api } from '../control-plane/api.ts';
import type { Condition } from '../control-plane/api/objects.ts';

/** Waits until the former issuance has settled, then asks cert-manager for another one. */
export async function renew(api: Api, namespace: string, name: string): Promise<void> {
  const where = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace, name };
  const settled = await api.waitFor(where, (object) => hasCondition(object, 'Ready') && !hasCondition(object, 'Issuing'), {
    what: `Certificate ${name} to be Ready and no longer Issuing`,
  });
  const others = (settled['status'].conditions as readonly Condition[]).filter(({ type }) => type !== 'Issuing');
  const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
  const issuing = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'renewed by hand', lastTransitionTime };
  await api.patch(where, { status: { conditions: [...others, issuing] } }, 'status');
}
