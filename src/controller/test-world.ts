// Test support: an API server and an AWS that fit in a page, around the real use cases and a clock that stands still.
import { readCertificate } from '../pki/certificate.ts';
import { makeCertificate, makeCsr, type TestCertificate } from '../pki/test-certificates.ts';
import { fail, succeed, type Failure, type FailureClass, type Result } from '../domain/failure.ts';
import { issuerKinds, type Issuer } from '../domain/issuer.ts';
import type { Labels } from '../domain/label-selector.ts';
import type { Plan } from '../domain/plan.ts';
import type { Request } from '../domain/request.ts';
import type { RequestStatus } from '../domain/conditions.ts';
import { anIssuerConfig, approvedAt, aRequest, authorityArn, someFacts } from '../domain/test-values.ts';
import { readPem } from '../pki/pem.ts';
import type { Clock } from '../runtime/clock.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import type { Fields, Logger } from '../runtime/ports.ts';
import { makeIssuerDirectory, type Standing } from './issuer-directory.ts';
import { makeAdmission } from './admission.ts';
import { makeParking } from './parking.ts';
import type { Authority, Events, Namespaces, Requests, SignedCertificate, TurnTaker } from './ports.ts';
import { makeOrderGate } from './order-gate.ts';
import { makePublishOutcome, type Next } from './publish-outcome.ts';
import { makeReconcileRequest } from './reconcile-request.ts';
import { makeRequestMemories } from './request-memory.ts';
import { makeRunawayGuard } from './runaway-guard.ts';

export const root = makeCertificate({ subject: 'root', isCA: true });
export const subordinate = makeCertificate({ subject: 'subordinate', isCA: true, pathLength: 1, issuer: root });
export const csr = makeCsr({ subject: 'cluster-a.istio-ca' });

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

export function failure(kind: FailureClass, code = 'Test', operation = 'IssueCertificate'): Failure {
  return { class: kind, code, message: 'as the test says', operation };
}

export const meshRoot: Issuer = {
  key: { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'mesh-root' },
  uid: 'issuer-uid',
  generation: 1,
  resourceVersion: '1',
  spec: { arn: authorityArn },
  ready: undefined,
  warnings: [],
  facts: undefined,
};

export interface TestWorld extends ReturnType<typeof makeTestWorld> {}

/** @param start the request that the API server holds at first. */
export function makeTestWorld(start: Partial<Request> = {}) {
  const clock = makeFakeClock(approvedAt.getTime() + 500);
  const state = {
    request: aRequest({ csrPem: csr.pem, ...start }) as Request | undefined,
    /** What the next writes fail with, in order. */
    writeFailures: [] as Failure[],
    /** What the next calls to AWS answer, in order; `undefined` means that AWS does its work. */
    issueFailures: [] as (Failure | undefined)[],
    /** The reply is lost after AWS has done its work. */
    lostReplies: 0,
    fetchAnswers: [] as (Failure | 'in-progress' | SignedCertificate | undefined)[],
    issued: new Map<string, SignedCertificate>(),
    byToken: new Map<string, { readonly arn: string; readonly sinceMs: number }>(),
    /** How long AWS remembers a token. */
    tokenMemoryMs: 5 * 60_000,
    /** How far the controller's clock stands ahead of AWS's. */
    aheadMs: 0,
    /** What the next questions after the CA fail with. */
    describeFailures: [] as Failure[],
    /** Of the request's namespace. */
    labels: {} as Labels,
    labelFailure: undefined as Failure | undefined,
    issueCalls: [] as Plan[],
    fetchCalls: [] as string[],
    statuses: [] as RequestStatus[],
    events: [] as string[],
    logged: [] as Fields[],
    isStopping: false,
    counts: [] as string[],
    /** Changes what AWS signs. */
    sign: (plan: Plan): SignedCertificate => signLikeAws(plan),
  };

  const write = (request: Request, change: (current: Request) => Request): Result<Request> => {
    const refused = state.writeFailures.shift();
    if (refused !== undefined) return fail(refused);
    if (state.request?.uid !== request.uid || state.request.resourceVersion !== request.resourceVersion) return fail(failure('conflict', '409'));
    state.request = { ...change(state.request), resourceVersion: String(Number(state.request.resourceVersion) + 1) };
    return succeed(state.request);
  };

  const { signal } = new AbortController();
  const gate = makeOrderGate({ isStopping: () => state.isStopping, signal });
  const requests: Requests = gate.watchRequests({
    load: async () => succeed(state.request),
    annotate: async (request, annotations) =>
      write(request, (current) => ({
        ...current,
        annotations: Object.fromEntries(
          Object.entries({ ...current.annotations, ...annotations }).filter((entry): entry is [string, string] => entry[1] !== null),
        ),
      })),
    publish: async (request, status) =>
      write(request, (current) => {
        state.statuses.push(status);
        const ready = { type: 'Ready', ...status.ready, lastTransitionTime: new Date(clock.now()) };
        return { ...current, conditions: [...current.conditions.filter(({ type }) => type !== 'Ready'), ready], hasCertificate: status.certificate !== undefined };
      }),
  });

  const authority: Authority = {
    async issue(_access, plan) {
      state.issueCalls.push(plan);
      const refused = state.issueFailures.shift();
      if (refused !== undefined) return fail(refused);
      const known = state.byToken.get(plan.token);
      const isKnown = known !== undefined && clock.now() - known.sinceMs < state.tokenMemoryMs;
      const arn = isKnown ? known.arn : `${authorityArn}/certificate/${(state.issued.size + 10).toString(16)}`;
      if (!isKnown) {
        state.issued.set(arn, state.sign(plan));
        state.byToken.set(plan.token, { arn, sinceMs: clock.now() });
      }
      if (state.lostReplies-- > 0) return fail(failure('ambiguous', 'ECONNRESET'));
      return succeed({ certificateArn: arn, awsRequestId: `aws-request-${state.issueCalls.length}` });
    },
    async fetch(_access, arn) {
      state.fetchCalls.push(arn);
      const answer = state.fetchAnswers.shift();
      if (answer === 'in-progress' || (answer !== undefined && 'certificate' in answer)) return succeed(answer);
      if (answer !== undefined) return fail(answer);
      const signed = state.issued.get(arn);
      return signed === undefined ? fail(failure('rejected', 'ResourceNotFoundException', 'GetCertificate')) : succeed(signed);
    },
    describe: async () => fail(state.describeFailures.shift() ?? failure('bug')),
    certificate: async () => fail(failure('bug')),
  };

  const events: Events = { tell: (_about, { reason }) => void state.events.push(reason) };
  const logger: Logger = { ...silent, info: (message, fields) => void state.logged.push({ message, ...fields }), warn: (message, fields) => void state.logged.push({ message, ...fields }) };
  const woken: string[] = [];
  const directory = makeIssuerDirectory((key) => void woken.push(key));
  const controllerClock: Clock = { ...clock, now: () => clock.now() + state.aheadMs };
  const metrics = { ...silentMetrics, count: (name: string) => void state.counts.push(name) };
  /** Everybody may call at once here. */
  const turns: TurnTaker = { mayCall: () => true, leave() {} };
  const news = { isWoken: false };
  const wake = (): void => void (news.isWoken = true);
  const namespaces: Namespaces = {
    labels: async () => (state.labelFailure === undefined ? succeed(state.labels) : fail(state.labelFailure)),
    count: async () => fail(failure('bug')),
    selected: async () => fail(failure('bug')),
  };
  const ports = { requests, namespaces, authority, orders: gate, directory, clock: controllerClock, metrics, logger, events };
  const startProcess = () => {
    const memories = makeRequestMemories();
    const parking = makeParking({ clock: controllerClock, wake, recheck() {}, metrics });
    const admission = makeAdmission({ parking, turns, wake });
    const guard = makeRunawayGuard({ clock: controllerClock, metrics });
    const rules = { group: 'awspca.cert-manager.io', kinds: issuerKinds, checksApproval: true };
    const reconcile = makeReconcileRequest({ ...ports, admission, guard, memories, rules, defaultDurationMs: 30 * 86_400_000 });
    return { memories, reconcile, publish: makePublishOutcome({ ...ports, admission, memories }) };
  };
  let running = startProcess();
  const key = aRequest().key;

  const settle = (standing: Partial<Extract<Standing, { kind: 'ready' }>> = {}): void => {
    directory.learn(meshRoot);
    directory.settle(meshRoot, { kind: 'ready', config: anIssuerConfig(), facts: someFacts(), anchors: [], warnings: [], ...standing });
  };
  /** As the queue would: until the delay has passed, or the request is woken. */
  const waitFor = async (next: Exclude<Next, 'forget'>, atMostMs = Infinity): Promise<void> => {
    const endMs = clock.now() + Math.min(next.afterMs, atMostMs);
    while (!news.isWoken && clock.now() < endMs) await clock.advance(Math.min(endMs - clock.now(), Math.max(1, clock.nextDelayMs ?? Infinity)));
    news.isWoken = false;
  };
  const look = async (): Promise<Next> => running.publish(key, await running.reconcile(key, signal), signal);

  return {
    state,
    clock,
    directory,
    get memories() {
      return running.memories;
    },
    requests,
    woken,
    settle,
    look,
    waitFor,
    /** A new process, which remembers nothing. */
    restart: () => void (running = startProcess()),
    /** Looks again and again, as the queue would, until the key is forgotten. @returns how many looks it took. */
    async run(limit = 50): Promise<number> {
      for (let looks = 1; looks <= limit; looks++) {
        const next = await look();
        if (next === 'forget') return looks;
        await waitFor(next);
      }
      throw new Error(`not finished after ${limit} looks: ${JSON.stringify(state.statuses.at(-1))}`);
    },
  };
}

/** The answer of AWS Private CA to a plan of the PathLen0 template: root last, no final newline. */
export function signLikeAws(plan: Plan, changes: Parameters<typeof makeCertificate>[0] = {}): SignedCertificate {
  const leaf = makeCertificate({
    subject: 'cluster-a.istio-ca',
    key: csr.key,
    issuer: subordinate,
    isCA: true,
    pathLength: 0,
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
    ...changes,
  });
  return { certificate: leaf.pem.trim(), chain: `${subordinate.pem}${root.pem}`.trim() };
}

export function blocksOf(pem: string): readonly string[] {
  return readPem(pem).map(({ der }) => readCertificate(der).subject);
}

export type { TestCertificate };

/** The reason of the request's Ready condition. */
export function reasonOf(world: TestWorld): string | undefined {
  return world.state.request?.conditions.find(({ type }) => type === 'Ready')?.reason;
}

export function messageOf(world: TestWorld): string {
  return world.state.request?.conditions.find(({ type }) => type === 'Ready')?.message ?? '';
}

/** How often a counter was counted. */
export function countOf(world: TestWorld, name: string): number {
  return world.state.counts.filter((each) => each === name).length;
}

/** Looks and waits as the queue would, for so long. */
export async function runFor(world: TestWorld, ms: number): Promise<void> {
  const end = world.clock.now() + ms;
  while (world.clock.now() < end) {
    const next = await world.look();
    if (next === 'forget') return;
    await world.waitFor({ afterMs: Math.max(next.afterMs, 1) }, end - world.clock.now());
  }
}
