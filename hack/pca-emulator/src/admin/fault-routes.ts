// Admin: trouble to order, to list, to end.
import { faultKinds, type FaultOrder } from '../faults/fault-kinds.ts';
import type { FaultFilter } from '../faults/fault-queue.ts';
import { given } from '../given.ts';
import { pcaOperationNames } from '../operations/operations.ts';
import { stsOperationNames } from '../sts/sts-operations.ts';
import { workloadOperationNames } from '../workload/workload-operations.ts';
import type { Route } from './admin-endpoint.ts';
import type { FaultsView } from './contract.ts';
import { bad, bodyFields, onlyFields, optionalBetween, optionalChoice, optionalNumber, optionalText, text, type Fields } from './fields.ts';

export const faultRoutes: Readonly<Record<string, Route>> = {
  'POST /admin/faults': (request, { faults }) => faults.add(faultOrder(bodyFields(request))),
  'GET /admin/faults': (_request, { faults }): FaultsView => ({ faults: faults.list(), hanging: faults.hanging }),
  'DELETE /admin/faults': (request, { faults }) => {
    faults.clear(faultFilter(request.query));
    return {};
  },
  'POST /admin/faults/release': (request, { faults }) => ({ released: faults.release(faultFilter(request.query)) }),
};

const operations = ['*', ...pcaOperationNames, ...stsOperationNames, ...workloadOperationNames];

function faultFilter(query: URLSearchParams): FaultFilter {
  const id = query.get('id');
  return given({ id: id === null ? undefined : Number(id), operation: query.get('operation') ?? undefined, ca: query.get('ca') ?? undefined });
}

function faultOrder(fields: Fields): FaultOrder {
  onlyFields(fields, ['operation', 'kind', 'times', 'probability', 'seed', 'forMs', 'ca', 'delayMs', 'body', 'status', 'skewMs']);
  const kind = optionalChoice(fields, 'kind', faultKinds);
  if (kind === undefined) throw bad(`kind is required: ${faultKinds.join(', ')}`);
  const operation = text(fields, 'operation');
  // A fault for a name that nobody calls would never strike, and nobody would notice.
  if (!operations.includes(operation)) throw bad(`operation must be one of ${operations.join(', ')}`);
  return {
    operation,
    kind,
    ...given({
      times: times(fields),
      probability: optionalBetween(fields, 'probability', Number.MIN_VALUE, 1, 'above 0 and at most 1'),
      seed: optionalBetween(fields, 'seed', 0, 2 ** 32 - 1, 'from 0 to 4294967295'),
      forMs: optionalBetween(fields, 'forMs', 1, Infinity, 'above 0'),
      ca: optionalText(fields, 'ca'),
      delayMs: optionalNumber(fields, 'delayMs'),
      status: optionalBetween(fields, 'status', 200, 599, 'from 200 to 599'),
      skewMs: optionalNumber(fields, 'skewMs'),
      body: fields['body'],
    }),
  };
}

function times(fields: Fields): number | undefined {
  const value = fields['times'] === 'until-cleared' ? -1 : optionalNumber(fields, 'times');
  if (value !== undefined && (!Number.isInteger(value) || value === 0 || value < -1)) throw bad('times must be a whole number above 0, -1 or "until-cleared"');
  return value;
}
