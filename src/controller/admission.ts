// May a request call AWS now? Not while calls like it fail, and not before its turn (docs/architecture.md, invariants 6 and 8).
import type { Failure } from '../domain/failure.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CallFacts } from '../domain/parking-scope.ts';
import type { Plan } from '../domain/plan.ts';
import { describeIssuer } from '../domain/issuer.ts';
import { describeKey, type Request, type RequestKey } from '../domain/request.ts';
import { describeFailure } from './describe-failure.ts';
import { issuerKeyOf } from './issuer-directory.ts';
import type { Parking } from './parking.ts';
import type { Access, CallKind, TurnTaker } from './ports.ts';

export interface AdmissionPorts {
  readonly parking: Parking;
  readonly turns: TurnTaker;
  /** Has the request looked at again now. */
  readonly wake: (key: string) => void;
}

/** A call that a request is about to make, or has made. */
export interface IntendedCall {
  readonly request: Request;
  readonly access: Access;
  readonly operation: CallKind;
  /** The peer's words before every failure of the call. */
  readonly prefix: string;
  /** What is ordered; undefined where the operation orders nothing. */
  readonly plan?: Plan | undefined;
  /** false: nobody knows whether AWS acted, so the call is repeated whatever others do (docs/architecture.md, invariant 3). */
  readonly mayWait: boolean;
}

export interface Admission {
  /** @returns the outcome of this look, or undefined: the request may call now, once. */
  ask(call: IntendedCall): Outcome | undefined;
  passed(call: IntendedCall): void;
  /** @returns the outcome of this look where the request now waits with others. */
  failed(call: IntendedCall, failure: Failure): Outcome | undefined;
  /** The request calls no more. */
  leave(key: RequestKey): void;
}

export function makeAdmission({ parking, turns, wake }: AdmissionPorts): Admission {
  return {
    ask(call) {
      const key = describeKey(call.request.key);
      const waits = call.mayWait ? parking.ask(factsOf(call), key) : undefined;
      if (waits !== undefined) {
        turns.leave(key);
        return { kind: 'parked', ...waits };
      }
      const { request, access, operation, mayWait } = call;
      const lane = describeIssuer(issuerKeyOf(request));
      // A repetition has little time; one that tries for others has them all behind it.
      const isFirst = request.isCA || (!mayWait && operation === 'IssueCertificate') || parking.isProbe(key);
      const isTurn = turns.mayCall({ authority: access.authority, kind: operation, key, lane, isFirst, wake: () => wake(key) });
      parking.probing(key, !isTurn);
      return isTurn ? undefined : { kind: 'queued' };
    },
    passed: (call) => parking.passed(factsOf(call), describeKey(call.request.key)),
    failed(call, failure) {
      // An outage has nothing to do with the template.
      const isOutage = failure.class === 'transient' || failure.class === 'ambiguous';
      const message = describeFailure(failure, call.prefix, call.access, isOutage ? undefined : call.plan);
      const waits = parking.failed(factsOf(call), describeKey(call.request.key), { failure, message, mayWait: call.mayWait && failure.class !== 'ambiguous' });
      return waits === undefined ? undefined : { kind: 'parked', ...waits, awsRequestId: failure.awsRequestId };
    },
    leave(key) {
      parking.leave(describeKey(key));
      turns.leave(describeKey(key));
    },
  };
}

function factsOf({ request, access, operation, plan }: IntendedCall): CallFacts {
  const { arn, region } = access.authority;
  return { issuer: issuerKeyOf(request), authorityArn: arn, region, operation, template: plan?.template.name };
}
