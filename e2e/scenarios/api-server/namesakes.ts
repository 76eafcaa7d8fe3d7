// A request is deleted, and another one takes its name: at every step each certificate stays with the key that asked for it.
import assert from 'node:assert/strict';
import { badDay, requests, type BadDay } from '../../harness/bad-day.ts';

const call = (day: BadDay, verb: 'get' | 'patch', subresource: '' | 'status' = '') => ({ verb, resource: requests, subresource, namespace: day.namespace, name: 'twin' }) as const;

export function declareNamesakes(): void {
  badDay('a namesake made before the approval gets the only certificate', { certificates: 1 }, async (day) => {
    await orderUnapproved(day);
    await changeHands(day);
    await day.approve('twin');
    await assertSecondTwin(day);
  });

  badDay('a namesake made while the first one is being read is not taken for it', { certificates: 2 }, async (day) => {
    await orderUnapproved(day);
    const reading = await day.proxy.hold(call(day, 'get'), 'answer');
    await day.approve('twin');
    await reading.caught;
    await changeHands(day);
    await reading.release();
    await day.proxy.until(({ entries }) => entries.some(({ verb, name, status }) => verb === 'patch' && name === 'twin' && status === 409), { what: 'the refused ARN', since: day.since });
    await day.approve('twin');
    await assertSecondTwin(day);
  });

  badDay('a namesake made after the order gets a certificate of its own', { certificates: 2 }, async (day) => {
    const writing = await day.proxy.hold(call(day, 'patch'));
    await day.order('twin');
    await day.approve('twin');
    await writing.caught;
    await changeHands(day);
    await writing.release();
    await day.approve('twin');
    await assertSecondTwin(day);
  });

  badDay('a namesake made while AWS is signing gets a certificate of its own', { certificates: 2 }, async (day) => {
    await day.fault(day.ca, { operation: 'GetCertificate', kind: 'in-progress', times: -1 });
    await day.order('twin');
    await day.approve('twin');
    await day.emulator.waitForJournal(({ operation }) => operation === 'GetCertificate', { ca: day.ca });
    await changeHands(day);
    await day.approve('twin');
    await day.heal();
    await assertSecondTwin(day);
  });

  badDay('a namesake made while nobody watches is known for what it is', { certificates: 2, lists: 1 }, async (day) => {
    await day.fault(day.ca, { operation: 'GetCertificate', kind: 'in-progress', times: -1 });
    await day.order('twin');
    await day.approve('twin');
    await day.emulator.waitForJournal(({ operation }) => operation === 'GetCertificate', { ca: day.ca });
    await day.proxy.fault({ on: { verb: 'watch', resource: requests }, act: { kind: 'answer', status: 410 } });
    const listing = await day.proxy.hold({ verb: 'list', resource: requests });
    await day.proxy.trouble({ kind: 'reset' }, requests);
    await listing.caught;
    await changeHands(day);
    await day.approve('twin');
    await listing.release();
    await day.heal();
    await assertSecondTwin(day);
  });

  badDay('a namesake made just before the publish never gets the first one\'s certificate', { certificates: 2 }, async (day) => {
    const publishing = await day.proxy.hold(call(day, 'patch', 'status'));
    await day.order('twin');
    await day.approve('twin');
    await publishing.caught;
    await changeHands(day);
    await publishing.release();
    await day.proxy.until(({ entries }) => entries.some(({ subresource, status }) => subresource === 'status' && status === 409), { what: 'the refused status', since: day.since });
    await day.approve('twin');
    await assertSecondTwin(day);
  });
}

/** The first twin is ordered, and the controller has seen that it must wait for an approval. */
async function orderUnapproved(day: BadDay): Promise<void> {
  await day.order('twin');
  await day.proxy.until(({ entries }) => entries.some(({ verb, name }) => verb === 'get' && name === 'twin'), { what: 'the first twin to be read', since: day.since });
}

async function changeHands(day: BadDay): Promise<void> {
  await day.replace('twin', 'the second twin');
}

async function assertSecondTwin(day: BadDay): Promise<void> {
  assert.match(String(await day.issued('twin')), /the second twin/);
}
