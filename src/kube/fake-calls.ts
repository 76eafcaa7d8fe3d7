// For tests: a transport that answers from a function and remembers what it was asked.
import { failureOfResponse, type KubeResult } from './errors.ts';
import { describeOperation } from './operation.ts';
import type { KubeCall, KubeResponse, KubeTransport } from './transport.ts';

export interface FakeCalls extends Pick<KubeTransport, 'request'> {
  readonly calls: readonly KubeCall[];
}

/** @param answer the body of an answer 200, or the status of a refusal. */
export function makeFakeCalls(answer: (call: KubeCall) => Promise<object | number> | object | number): FakeCalls {
  const calls: KubeCall[] = [];
  return {
    calls,
    async request(call): Promise<KubeResult<KubeResponse>> {
      calls.push(call);
      const given = await answer(call);
      if (typeof given === 'object') return { ok: true, value: { status: 200, body: given } };
      const operation = describeOperation(call.method, call.path);
      return { ok: false, failure: failureOfResponse({ operation, status: given, body: { reason: `Reason${given}` } }) };
    },
  };
}
