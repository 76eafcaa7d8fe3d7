// A place for one measurement: a namespace, a CA and an issuer of its own, a controller that has proved that it works.
import type { Arena } from './arena.ts';
import { account, region } from '../world/trust.ts';
import { startController, type ControllerName, type RunningController } from './controllers.ts';
import { followRequests, type Follower } from './follow-requests.ts';
import type { StartMeasurement } from './measurement.ts';
import { readAge } from './process-meter.ts';
import { approveRequests, createRequests, issuerGroup, type Place } from './requests.ts';

export interface Stage {
  readonly place: Place;
  /** ARN of the issuing CA. */
  readonly ca: string;
  readonly controller: RunningController;
  readonly start: StartMeasurement;
  readonly follower: Follower;
  /** Ends the controller and leaves nothing. */
  close(): Promise<void>;
}

export interface StageOrder {
  readonly controller: ControllerName;
  /** Also the name of the namespace, the hierarchy and the issuer. */
  readonly name: string;
  /** The issuer uses an access key from a Secret in place of the controller's own role. */
  readonly withSecret?: boolean;
  readonly signal: AbortSignal;
}

const first = 'first';
const startPatienceMs = 90_000;

/** Starts the controller once a request is waiting for it. @returns once that request has been Issued */
export async function setStage(arena: Arena, { controller: who, name, withSecret = false, signal }: StageOrder): Promise<Stage> {
  const { api, emulator, cluster } = arena;
  const place: Place = { namespace: name, issuer: name };
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const tiers = [{ name: 'root', keyAlgorithm: 'EC_prime256v1' }, { name: 'issuing', keyAlgorithm: 'EC_prime256v1' }] as const;
  const { arn } = (await emulator.createHierarchy({ name, account, region, tiers })).authorities.at(-1) ?? { arn: '' };
  const secretRef = withSecret ? { secretRef: await createSecret(arena, name) } : {};
  await api.apply({ apiVersion: `${issuerGroup}/v1beta1`, kind: 'AWSPCAClusterIssuer', metadata: { name }, spec: { arn, region, ...secretRef } });
  const follower = await followRequests(cluster, name);
  await createRequests(api, [first], place);
  await approveRequests(api, [first], place);
  const controller = await startController(arena, who);
  const close = async (): Promise<void> => {
    await Promise.all([controller.stop(), follower.close()]);
    await api.remove({ apiVersion: `${issuerGroup}/v1beta1`, kind: 'AWSPCAClusterIssuer', name });
    await api.remove({ apiVersion: 'v1', kind: 'Namespace', name });
    await api.waitForGone({ apiVersion: 'v1', kind: 'Namespace', name }, { timeoutMs: 120_000 });
  };
  try {
    await follower.untilEnded([first], startPatienceMs, signal);
    const firstIssuedSeconds = await readAge(controller.pid);
    const { reason = 'Pending', message = '' } = follower.seen.get(first) ?? {};
    if (reason !== 'Issued') throw new Error(`${who} did not issue its first certificate: ${reason} ${message}; its log lies in ${arena.directory}/logs`);
    return { place, ca: arn, controller, start: { readySeconds: controller.readySeconds, firstIssuedSeconds }, follower, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createSecret({ api, emulator }: Arena, namespace: string): Promise<{ readonly namespace: string; readonly name: string }> {
  const { accessKeyId, secretAccessKey } = await emulator.createAccessKey({ account });
  const name = 'aws-access-key';
  await api.create({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } });
  return { namespace, name };
}
