// The port to AWS, wired to a server on loopback: for tests of this room.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { fail, succeed, type Result } from '../domain/failure.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import type { Fields, Logger, Metrics } from '../runtime/ports.ts';
import { makeAuthority } from './authority.ts';
import { pointAt, startFakeAws } from './fake-aws.ts';
import type { SecretData, ServiceAccountToken } from './ports.ts';
import { keys } from './test-access.ts';

export const never = new AbortController().signal;
/** Longer than any test. */
export const later = new Date(Date.now() + 3_600_000);

interface Stage {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secret?: () => Result<SecretData | undefined>;
  readonly token?: () => Result<ServiceAccountToken>;
  readonly leads?: () => boolean;
}

export async function stage(t: TestContext, options: Stage = {}) {
  const aws = await startFakeAws();
  const restore = pointAt(aws.url, options.environment ?? keys);
  const counted: string[] = [];
  const lines: (Fields | undefined)[] = [];
  const logger: Logger = { debug: (_, fields) => void lines.push(fields), info() {}, warn() {}, error() {}, with: () => logger };
  const metrics: Metrics = { ...silentMetrics, count: (_, labels) => void counted.push(`${ labels?.['operation']} ${labels?.['code']}`) };
  // The clock stands still, so that nothing times out on a busy machine.
  const clock = makeFakeClock(Date.now());
  const noToken = fail({ class: 'unauthorised', code: 'ServiceAccountNotFound', message: 'serviceaccounts "aws" not found', operation: 'POST serviceaccounts/token' });
  const pca = makeAuthority({
    secrets: { read: () => Promise.resolve(options.secret?.() ?? succeed(undefined)) },
    tokens: { token: () => Promise.resolve(options.token?.() ?? noToken) },
    processSessionName: 'pca-issuer@a',
    clock, logger, metrics, limits: { throttled() {} }, version: '1.2.3', permit: { holds: () => options.leads?.() ?? true } });
  t.after(() => {
    pca.close();
    restore();
    return aws.close();
  });
  const signers = () => aws.calls.map(({ operation, headers }) => `${operation} ${/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? 'unsigned'}`);
  const called = async (count: number): Promise<void> => {
    while (aws.calls.length < count) await new Promise(setImmediate);
  };
  return { aws, pca, clock, counted, lines, signers, called };
}

export function failureOf(result: Result<unknown>) {
  assert.ok(!result.ok);
  return result.failure;
}
