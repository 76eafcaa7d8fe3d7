// Admin: faults, the clock and the settings.
import { faultKinds, type FaultOrder } from '../faults/fault-kinds.ts';
import type { FaultFilter } from '../faults/fault-queue.ts';
import type { Emulator } from '../emulator.ts';
import { given } from '../given.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import type { Route } from './admin-endpoint.ts';
import type { ClockView, FaultsView } from './contract.ts';
import { bad, bodyFields, objectFields, onlyFields, optionalChoice, optionalNumber, optionalText, text, type Fields } from './fields.ts';

export const troubleRoutes: Readonly<Record<string, Route>> = {
  'POST /admin/faults': (request, { faults }) => faults.add(faultOrder(bodyFields(request))),
  'GET /admin/faults': (_request, { faults }): FaultsView => ({ faults: faults.list(), hanging: faults.hanging }),
  'DELETE /admin/faults': (request, { faults }) => {
    faults.clear(faultFilter(request.query));
    return {};
  },
  'POST /admin/faults/release': (request, { faults }) => ({ released: faults.release(faultFilter(request.query)) }),
  'GET /admin/clock': (_request, emulator) => clockView(emulator),
  'POST /admin/clock': (request, emulator) => {
    const fields = bodyFields(request);
    onlyFields(fields, ['offsetMs', 'advanceMs']);
    const [offsetMs, advanceMs] = [optionalNumber(fields, 'offsetMs'), optionalNumber(fields, 'advanceMs')];
    if ((offsetMs === undefined) === (advanceMs === undefined)) throw bad('one of offsetMs and advanceMs is required');
    emulator.clock.moveTo(offsetMs ?? emulator.clock.offsetMs + (advanceMs ?? 0));
    emulator.store.saveClockOffset(emulator.clock.offsetMs);
    return clockView(emulator);
  },
  'GET /admin/settings': (_request, { store }) => store.settings(),
  'POST /admin/settings': (request, { store }) => {
    store.changeSettings(settingsChange(bodyFields(request)));
    return store.settings();
  },
};

export function clockView({ clock }: Emulator): ClockView {
  return {
    offsetMs: clock.offsetMs,
    virtualTime: new Date(clock.now()).toISOString(),
    machineTime: new Date(clock.machineNow()).toISOString(),
  };
}

function faultFilter(query: URLSearchParams): FaultFilter {
  const id = query.get('id');
  return given({ id: id === null ? undefined : Number(id), operation: query.get('operation') ?? undefined, ca: query.get('ca') ?? undefined });
}

function faultOrder(fields: Fields): FaultOrder {
  onlyFields(fields, ['operation', 'kind', 'times', 'ca', 'delayMs', 'body', 'status']);
  const kind = optionalChoice(fields, 'kind', faultKinds);
  if (kind === undefined) throw bad(`kind is required: ${faultKinds.join(', ')}`);
  const times = fields['times'] === 'until-cleared' ? -1 : (optionalNumber(fields, 'times') ?? 1);
  if (!Number.isInteger(times) || times === 0 || times < -1) throw bad('times must be a whole number above 0, -1 or "until-cleared"');
  return {
    operation: text(fields, 'operation'),
    kind,
    times,
    ...given({
      ca: optionalText(fields, 'ca'),
      delayMs: optionalNumber(fields, 'delayMs'),
      status: optionalNumber(fields, 'status'),
      body: fields['body'],
    }),
  };
}

function settingsChange(fields: Fields): Partial<Settings> {
  onlyFields(fields, Object.keys(defaultSettings));
  const roundTrips = fields['roundTripMs'] === undefined ? undefined : objectFields(fields['roundTripMs'], 'roundTripMs');
  const status = optionalNumber(fields, 'accessDeniedStatus');
  const accessDeniedStatus = ([400, 403] as const).find((one) => one === status);
  if (status !== accessDeniedStatus) throw bad('accessDeniedStatus must be 400 or 403');
  return given({
    signingMs: optionalNumber(fields, 'signingMs'),
    idempotencyWindowMs: optionalNumber(fields, 'idempotencyWindowMs'),
    tokenConflict: optionalChoice<Settings['tokenConflict']>(fields, 'tokenConflict', ['replay', 'refuse']),
    accessDeniedStatus,
    minimumSessionSeconds: optionalNumber(fields, 'minimumSessionSeconds'),
    sessionSecondsAtMost: fields['sessionSecondsAtMost'] === null ? null : optionalNumber(fields, 'sessionSecondsAtMost'),
    roundTripMs:
      roundTrips === undefined ? undefined : Object.fromEntries(Object.keys(roundTrips).map((name) => [name, optionalNumber(roundTrips, name) ?? 0])),
    endpointRegion: fields['endpointRegion'] === null ? null : optionalText(fields, 'endpointRegion'),
  });
}
