// Clocks that disagree, and minutes that pass: the controller's, the approver's and AWS's.
import { findProcess, killProcesses, logFileOf, startProcess, untilReady } from '../../hack/control-plane/cluster/host-process.ts';
import { readFile } from 'node:fs/promises';
import { slowness } from '../../hack/test/slowness.ts';
import { certManager, readyOf, type Scenario } from './scenario.ts';

const name = 'pca-issuer';

/** Kills the controller, as a crash would. */
export async function killController(s: Scenario): Promise<void> {
  await killProcesses([await findProcess(s.world.address.directory, name)]);
}

/** Kills the controller where it runs, and starts it with its clock so far ahead of the machine's, or behind. */
export async function startController(s: Scenario, offsetMs: number): Promise<void> {
  const { directory, clockUrl } = s.world.address;
  await killController(s);
  const { command, args, environment } = await findProcess(directory, name);
  const started = startProcess({ directory, name, command, args: args ?? [], environment: { ...environment, CLOCK_OFFSET_MS: String(offsetMs) } });
  await untilReady(started, async () => (await fetch(`${clockUrl}/advance?ms=0`, { method: 'POST' })).ok);
}

export async function passTime(s: Scenario, ms: number, clocks: readonly ('controller' | 'aws')[] = ['controller', 'aws']): Promise<void> {
  if (clocks.includes('controller')) await fetch(`${s.world.address.clockUrl}/advance?ms=${ms}`, { method: 'POST' });
  if (clocks.includes('aws')) await s.emulator.clock({ advanceMs: ms });
}

/** Lets time pass in steps, each of which the controller may use for a call. */
export async function passInSteps(s: Scenario, ca: string, steps: number, stepMs: number): Promise<void> {
  for (let step = 0; step < steps; step++) await passStep(s, ca, stepMs);
}

/** So long a step waits for a call where none is due: what AWS has answered, say, is written to the request without another one. */
const waitMs = 400 * slowness();

async function passStep(s: Scenario, ca: string, stepMs: number, orElse?: Promise<unknown>): Promise<void> {
  const { lastSeq } = await s.emulator.journal({ ca });
  await passTime(s, stepMs);
  const called = s.emulator.journal({ ca, since: lastSeq, waitMs });
  await (orElse === undefined ? called : Promise.race([called, orElse]));
}

/** Lets time pass until all of these are Issued. @returns how many steps it took. */
export async function passUntilIssued(s: Scenario, ca: string, requests: readonly string[], stepMs: number, mostSteps: number): Promise<number> {
  const issued = Promise.all(requests.map((each) => s.requestWith(each, 'Issued', 600_000)));
  issued.catch(() => {}); // the last step tells it better
  for (let step = 0; step <= mostSteps; step++) {
    const reasons = await Promise.all(requests.map((each) => reasonOf(s, each)));
    if (reasons.every((reason) => reason === 'Issued')) return step;
    await passStep(s, ca, stepMs, issued);
  }
  throw new Error(`not Issued within ${(mostSteps * stepMs) / 1_000} s: ${await describe(s, requests)}`);
}

async function describe(s: Scenario, requests: readonly string[]): Promise<string> {
  const objects = await Promise.all(requests.map((each) => s.api.get({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: each })));
  return objects.map((object) => (object === undefined ? 'gone' : JSON.stringify(readyOf(object)))).join('; ');
}

async function reasonOf(s: Scenario, request: string): Promise<string | undefined> {
  const object = await s.api.get({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: request });
  return object && readyOf(object)?.reason;
}

/** How many more certificates the controller has called possible for these requests, as its metric counts them. */
export async function countedFor(s: Scenario, uids: readonly string[]): Promise<number> {
  const log = await readFile(logFileOf(s.world.address.directory, name), 'utf8');
  return log.split('\n').filter((line) => line.includes('one more certificate is possible') && uids.some((uid) => line.includes(uid))).length;
}
