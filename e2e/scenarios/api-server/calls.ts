// Calls that are refused, broken off or never answered, by the API server or by its webhook: each costs a while, and no certificate.
import assert from 'node:assert/strict';
import type { Act, ApiCall } from '../../../hack/api-proxy/client.ts';
import { findProcess, killProcesses, startProcess, untilReady } from '../../../hack/control-plane/cluster/host-process.ts';
import { badDay, requests, type BadDay } from '../../harness/bad-day.ts';
import { certManager, ours, readyOf } from '../../harness/scenario.ts';

const annotate = (day: BadDay) => ({ verb: 'patch', resource: requests, subresource: '', namespace: day.namespace }) as const;
const publish = (day: BadDay) => ({ verb: 'patch', resource: requests, subresource: 'status', namespace: day.namespace }) as const;
const read = (day: BadDay) => ({ verb: 'get', resource: requests, namespace: day.namespace }) as const;

export function declareCalls(): void {
  badDay('429 with Retry-After to watches, reads and writes is obeyed', { certificates: 1 }, async (day) => {
    const { proxy } = day;
    const busy: Act = { kind: 'answer', status: 429, retryAfterSeconds: 2 };
    await proxy.fault({ on: { verb: 'watch', resource: requests }, act: busy, times: 2 });
    for (const on of [read(day), annotate(day), publish(day)]) await proxy.fault({ on, act: { ...busy, retryAfterSeconds: 1 } });
    await proxy.trouble({ kind: 'reset' });
    await day.orderApproved('patient');
    const opensWatch = ({ verb, resource }: ApiCall): boolean => verb === 'watch' && resource === requests;
    const reopened = await proxy.until(({ entries }) => entries.filter(opensWatch).length === 3, { what: 'a watch after two refusals', since: day.since });
    const opened = reopened.entries.filter(opensWatch).map(({ atMs }) => atMs);
    await day.issued('patient');
    const { entries } = await proxy.view(day.since);
    for (const [index, atMs] of opened.slice(1).entries()) assert.ok(atMs - (opened[index] ?? 0) >= 1_950, `it came back after ${atMs - (opened[index] ?? 0)} ms`);
    assert.equal(entries.filter(({ status }) => status === 429).length, 5);
  });

  badDay('500 to watches, reads and writes heals by itself', { certificates: 2 }, async (day) => {
    const { proxy } = day;
    const broken: Act = { kind: 'answer', status: 500, message: 'etcdserver: leader changed' };
    await proxy.fault({ on: { verb: 'watch' }, act: broken, times: 6 });
    for (const on of [read(day), annotate(day), publish(day)]) await proxy.fault({ on, act: broken, times: 2 });
    await proxy.trouble({ kind: 'end' });
    await day.orderApproved('one', 'two');
    await day.issued('one', 'two');
  });

  badDay('connections that break, and answers that are lost on the way, lead to no second certificate', { certificates: 3 }, async (day) => {
    const { proxy } = day;
    for (const on of [read(day), annotate(day), publish(day)]) {
      for (const kind of ['reset', 'lost', 'cut'] as const) await proxy.fault({ on, act: { kind } });
    }
    await proxy.fault({ on: { verb: 'watch' }, act: { kind: 'reset' }, times: 4 });
    await proxy.trouble({ kind: 'reset' });
    const names = ['one', 'two', 'three'];
    await day.orderApproved(...names);
    await day.issued(...names);
  });

  badDay('calls that are never answered are given up after half a minute', { certificates: 3 }, async (day) => {
    const { proxy } = day;
    for (const [name, hold] of [
      ['read', await proxy.hold({ ...read(day), name: 'read' })],
      ['ordered', await proxy.hold({ ...annotate(day), name: 'ordered' }, 'answer')],
      ['published', await proxy.hold({ ...publish(day), name: 'published' }, 'answer')],
    ] as const) {
      await day.orderApproved(name);
      await hold.caught;
    }
    await day.pass(31);
    await proxy.until(({ entries }) => entries.filter(({ trouble, status }) => trouble === 'hold' && status === undefined).length === 3, { what: 'three calls given up', since: day.since });
    await day.issued('read', 'ordered', 'published');
  });

  badDay('twenty requests under all of it at once', { certificates: 20 }, async (day) => {
    const { proxy } = day;
    const acts: readonly Act[] = [
      { kind: 'answer', status: 500 }, { kind: 'lost' }, { kind: 'answer', status: 409 }, { kind: 'reset' }, { kind: 'cut' },
      { kind: 'answer', status: 429, retryAfterSeconds: 1 }, { kind: 'answer', status: 503 }, { kind: 'lost' },
    ];
    for (const act of acts) for (const on of [read(day), annotate(day), publish(day)]) await proxy.fault({ on, act, times: 2 });
    const names = Array.from({ length: 20 }, (_, index) => `request-${index}`);
    await day.orderApproved(...names.slice(0, 10));
    await proxy.trouble({ kind: 'reset' });
    await day.orderApproved(...names.slice(10));
    await day.issued(...names);
  });

  badDay('an issuer whose status is refused, lost and contested becomes Ready all the same', { certificates: 1 }, async (day) => {
    const on = { verb: 'patch', resource: 'awspcaclusterissuers', subresource: 'status', name: day.namespace } as const;
    for (const act of [{ kind: 'answer', status: 500 }, { kind: 'lost' }, { kind: 'answer', status: 409 }, { kind: 'reset' }] as const) await day.proxy.fault({ on, act });
    await day.clusterIssuer(day.ca, { region: 'eu-central-1' });
    await day.orderApproved('served');
    await day.issued('served');
    await issuerReady(day);
  });

  badDay('conflicts on every write, invented and real, lead to no second certificate', { certificates: 2 }, async (day) => {
    const { proxy } = day;
    await proxy.fault({ on: { verb: 'patch', resource: requests, namespace: day.namespace, name: 'invented' }, act: { kind: 'answer', status: 409 }, times: 6 });
    await day.orderApproved('invented');
    await day.issued('invented');
    const holds = [await proxy.hold(annotate(day)), await proxy.hold(publish(day))];
    await day.orderApproved('real');
    for (const [index, hold] of holds.entries()) {
      await day.hurry(hold.caught);
      await day.api.patch(day.where('real'), { metadata: { labels: { written: `by-somebody-${index}` } } });
      await hold.release();
    }
    await day.issued('real');
    const { entries } = await proxy.view(day.since);
    assert.equal(entries.filter(({ name, status, trouble }) => name === 'real' && status === 409 && trouble === 'hold').length, 2);
  });

  badDay('a webhook of cert-manager that is away at publish costs a while, and no second certificate', { certificates: 1 }, async (day) => {
    const { directory } = day.world.address;
    const hold = await day.proxy.hold(publish(day));
    await day.orderApproved('waiting');
    await hold.caught;
    const webhook = await findProcess(directory, 'cert-manager-webhook');
    await killProcesses([webhook]);
    await hold.release();
    await day.proxy.until(({ entries }) => entries.some(({ verb, subresource, status }) => verb === 'patch' && subresource === 'status' && status === 500), { what: 'a refused status', since: day.since });
    startProcess({ ...webhook, directory });
    await day.issued('waiting');
  });

  badDay('an API server that is killed and started again finds everything as it was', { certificates: 3, lists: 2 }, async (day) => {
    const names = ['one', 'two', 'three'];
    await day.fault(day.ca, { operation: 'GetCertificate', kind: 'in-progress', times: -1 });
    await day.orderApproved(...names);
    for (const name of names) await day.api.waitFor(day.where(name), ({ metadata }) => metadata.annotations?.['aws-privateca-issuer/certificate-arn'] !== undefined);
    const { directory } = day.world.address;
    const server = await findProcess(directory, 'kube-apiserver');
    await killProcesses([server]);
    await day.proxy.until(({ entries }) => entries.some(({ status }) => status === undefined), { what: 'a call that nobody answers', since: day.since });
    const restarted = startProcess({ ...server, directory });
    // It answers for its own kinds before it knows those of CRDs.
    await untilReady(restarted, async () => (await day.api.list({ apiVersion: certManager, kind: 'CertificateRequest', namespace: day.namespace })).length === names.length);
    await day.heal();
    await day.issued(...names);
  });
}

/** Ready is said of the issuer as it stands now. */
async function issuerReady(day: BadDay): Promise<void> {
  const where = { apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: day.namespace };
  await day.api.waitFor(where, (issuer) => {
    const ready = readyOf(issuer);
    return ready?.status === 'True' && ready.observedGeneration === issuer.metadata.generation;
  });
}
