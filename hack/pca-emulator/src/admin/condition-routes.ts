// Admin: the clock and the settings.
import type { Emulator } from '../emulator.ts';
import { given } from '../given.ts';
import { pcaOperationNames } from '../operations/operations.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import type { Route } from './admin-endpoint.ts';
import type { ClockView } from './contract.ts';
import { bad, bodyFields, objectFields, onlyFields, optionalBetween, optionalChoice, optionalNumber, optionalText, type Fields } from './fields.ts';

export const conditionRoutes: Readonly<Record<string, Route>> = {
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

const positive = [Number.MIN_VALUE, Infinity, 'above 0'] as const;
const zeroUp = [0, Infinity, '0 or more'] as const;

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
    quotaScale: fields['quotaScale'] === null ? null : optionalBetween(fields, 'quotaScale', ...positive),
    quotas: quotas(fields),
    certificatesPerAuthority: fields['certificatesPerAuthority'] === null ? null : optionalBetween(fields, 'certificatesPerAuthority', ...zeroUp),
    settlingMs: optionalBetween(fields, 'settlingMs', ...zeroUp),
    unknownSerial: optionalChoice<Settings['unknownSerial']>(fields, 'unknownSerial', ['ResourceNotFoundException', 'InvalidRequestException']),
    podIdentityErrors: optionalChoice<Settings['podIdentityErrors']>(fields, 'podIdentityErrors', ['json', 'text']),
    auditReportMs: optionalBetween(fields, 'auditReportMs', ...zeroUp),
    revocationListMs: optionalBetween(fields, 'revocationListMs', ...zeroUp),
  });
}

function quotas(fields: Fields): Record<string, number> | undefined {
  if (fields['quotas'] === undefined) return undefined;
  const rates = objectFields(fields['quotas'], 'quotas');
  onlyFields(rates, pcaOperationNames);
  return Object.fromEntries(Object.keys(rates).map((operation) => [operation, optionalBetween(rates, operation, ...positive) ?? 0]));
}
