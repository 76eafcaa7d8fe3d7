// How a Certificate is renewed by hand, as `cmctl renew` does it.
import { hasCondition, type Api } from '../control-plane/api.ts';
import { timestamp, type ApiObject, type Condition } from '../control-plane/api/objects.ts';

/** It is issued, and nothing is under way. */
export const isSettled = (certificate: ApiObject): boolean => hasCondition(certificate, 'Ready') && !hasCondition(certificate, 'Issuing');

/** Waits until the former issuance has settled, then asks cert-manager for another one. */
export async function renew(api: Api, namespace: string, name: string): Promise<void> {
  const where = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace, name };
  const settled = await api.waitFor(where, isSettled, { what: `Certificate ${name} to be Ready and no longer Issuing` });
  const others = (settled['status'].conditions as readonly Condition[]).filter(({ type }) => type !== 'Issuing');
  const issuing = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'renewed by hand', lastTransitionTime: timestamp() };
  await api.patch(where, { status: { conditions: [...others, issuing] } }, 'status');
}
