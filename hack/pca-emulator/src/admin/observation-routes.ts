// Admin: what happened, and how things stand.
import { statusOf } from '../authorities/authority.ts';
import { notAws } from '../emulator.ts';
import type { Route } from './admin-endpoint.ts';
import type { JournalView, StatusView } from './contract.ts';
import { bad } from './fields.ts';
import { clockView } from './condition-routes.ts';

const longestWaitMs = 60_000;

export const observationRoutes: Readonly<Record<string, Route>> = {
  'GET /admin/journal': async ({ query }, { journal, ending }, left): Promise<JournalView> => {
    const ca = query.get('ca') ?? undefined;
    const [since, waitMs] = [Number(query.get('since') ?? 0), Math.min(longestWaitMs, Number(query.get('wait') ?? 0))];
    if (!Number.isFinite(since) || !Number.isFinite(waitMs)) throw bad('since and wait must be numbers');
    const entries = await journal.waitFor(since, ca, waitMs, AbortSignal.any([left, ending]));
    return { entries, lastSeq: journal.lastSeq, counters: journal.counters(ca) };
  },
  'POST /admin/journal/reset': (_request, { journal }) => {
    journal.reset();
    return { lastSeq: journal.lastSeq };
  },
  'GET /admin/status': (_request, emulator): StatusView => {
    const { store, clock, faults, journal } = emulator;
    return {
      notice: notAws,
      clock: clockView(emulator),
      authorities: store.authorities.values().map((authority) => ({
        arn: authority.arn,
        name: `${authority.hierarchy}/${authority.tier}`,
        status: statusOf(authority, clock.now()),
        notAfter: new Date(authority.notAfterMs).toISOString(),
      })),
      certificates: store.certificates.size,
      faults: faults.list().length,
      hanging: faults.hanging,
      counters: journal.counters(),
    };
  },
};
