// Watches and lists that are refused, cut off or silent: what was missed is seen, and nothing is listed more than need be.
import assert from 'node:assert/strict';
import type { Act, ApiCall } from '../../../hack/api-proxy/client.ts';
import { badDay, requests, type BadDay } from '../../harness/bad-day.ts';

const tooOld: Act = { kind: 'answer', status: 410, message: 'too old resource version' };
const tooOldLine = JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' } });

export function declareWatches(): void {
  badDay('410 over HTTP to watch and list, then 429 and 500: nothing is lost', { certificates: 1, lists: 5 }, async (day) => {
    const { proxy } = day;
    const busy: Act = { kind: 'answer', status: 429, retryAfterSeconds: 1 };
    await proxy.fault({ on: { verb: 'watch', resource: requests }, act: tooOld });
    for (const act of [tooOld, busy, { kind: 'answer', status: 500 }] as const) await proxy.fault({ on: { verb: 'list', resource: requests }, act });
    const list = await proxy.hold({ verb: 'list', resource: requests });
    await proxy.trouble({ kind: 'reset' }, requests);
    await day.hurry(list.caught);
    await day.orderApproved('unseen');
    await list.release();
    await day.issued('unseen');
  });

  badDay('410 in the stream: one new list of each kind', { certificates: 1, lists: 1 }, async (day) => {
    assert.equal(await day.proxy.trouble({ kind: 'say', line: tooOldLine }), 3);
    await day.orderApproved('unseen');
    await day.issued('unseen');
  });

  badDay('410 in every stream for a while, each after good news, is no storm of lists', { certificates: 1, lists: 6 }, async (day) => {
    const { proxy } = day;
    const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: await versionOf(day, requests) } } });
    const fault = await proxy.fault({ on: { verb: 'watch', resource: requests }, act: { kind: 'say', lines: [bookmark, tooOldLine] }, times: -1 });
    await proxy.trouble({ kind: 'end' }, requests);
    await day.orderApproved('unseen');
    const isList = ({ verb, resource }: ApiCall): boolean => verb === 'list' && resource === requests;
    const { entries } = await proxy.until((view) => view.entries.filter(isList).length >= 4, { what: 'four lists', since: day.since });
    // At once: a slow machine would have time for more lists.
    await proxy.lift(fault);
    const [first, , , fourth] = entries.filter(isList).map(({ atMs }) => atMs);
    assert.ok((fourth ?? 0) - (first ?? 0) >= 1_000, `four lists within ${(fourth ?? 0) - (first ?? 0)} ms`);
    await day.issued('unseen');
  });

  badDay('a list that fails in the middle of its pages goes on, or begins anew, and nothing is lost', { certificates: 8, lists: 14 }, async (day) => {
    const { proxy } = day;
    const before = ['a', 'b', 'c', 'd'];
    const meanwhile = ['e', 'f', 'g', 'h'];
    await day.orderApproved(...before);
    await day.issued(...before);
    await proxy.pageSize(3);
    await proxy.fault({ on: { verb: 'watch', resource: requests }, act: tooOld });
    const laterPage = { verb: 'list', resource: requests, isLaterPage: true } as const;
    for (const act of [{ kind: 'answer', status: 500 }, { kind: 'cut' }, { kind: 'reset' }, tooOld] as const) await proxy.fault({ on: laterPage, act });
    const list = await proxy.hold({ verb: 'list', resource: requests });
    await proxy.trouble({ kind: 'end' }, requests);
    await list.caught;
    await day.orderApproved(...meanwhile);
    await list.release();
    await day.issued(...meanwhile);
    const { entries } = await proxy.view(day.since);
    const pages = entries.filter(({ isLaterPage }) => isLaterPage);
    assert.deepEqual(pages.slice(0, 4).map(({ trouble }) => trouble), ['answer', 'cut', 'reset', 'answer']);
    assert.ok(pages.length >= 6, 'the second list has three pages');
  });

  badDay('a line that is no event makes the watch go on from where it was, without a list', { certificates: 1 }, async (day) => {
    assert.equal(await day.proxy.trouble({ kind: 'say', line: '{"type":"MODIFIED","object":{"metadata":{"na' }), 3);
    await day.orderApproved('unseen');
    await day.issued('unseen');
  });

  badDay('a connection that is silent for 90 seconds is given up, and what was missed is seen', { certificates: 2 }, async (day) => {
    const { proxy } = day;
    for (const resource of [requests, 'awspcaissuers', 'awspcaclusterissuers']) {
      const line = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: await versionOf(day, resource) } } });
      assert.equal(await proxy.trouble({ kind: 'say', line }, resource), 1);
    }
    // What is issued now came after the bookmarks: they were heard.
    await day.orderApproved('heard');
    await day.issued('heard');
    assert.equal(await proxy.trouble({ kind: 'silence' }), 3);
    await day.orderApproved('unheard');
    await day.pass(91);
    await day.issued('unheard');
  });
}

async function versionOf(day: BadDay, resource: string): Promise<string> {
  const group = resource === requests ? 'cert-manager.io/v1' : 'awspca.cert-manager.io/v1beta1';
  const { metadata } = await day.api.request<{ metadata: { resourceVersion: string } }>({ path: `/apis/${group}/${resource}?limit=1` });
  return metadata.resourceVersion;
}
