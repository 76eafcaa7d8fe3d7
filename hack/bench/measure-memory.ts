// How much memory does a controller hold: at rest, and in a cluster full of what is not its business?
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiObject } from '../control-plane/api/objects.ts';
import type { Arena } from './arena.ts';
import type { ControllerName } from './controllers.ts';
import type { MemoryMeasurement } from './measurement.ts';
import { readUsage } from './process-meter.ts';
import { certManager, forEach, requestOf } from './requests.ts';
import { setStage } from './stage.ts';

export const foreignRequests = 3_000;
export const foreignSecrets = 150;
const secretBytes = 300_000;
/** How long it is left alone before it is weighed, so that what a start needs can be given back. */
export const restSeconds = 15;

export async function measureIdle(arena: Arena, who: ControllerName, signal: AbortSignal): Promise<Pick<MemoryMeasurement, 'idleRssBytes'>> {
  const stage = await setStage(arena, { controller: who, name: `idle-${who}`, signal });
  try {
    await delay(restSeconds * 1_000, undefined, { signal });
    return { idleRssBytes: (await readUsage(stage.controller.pid)).rssBytes };
  } finally {
    await stage.close();
  }
}

/** In a cluster that `fillCluster` has filled; the issuer uses a Secret of its own. */
export async function measureLoaded(arena: Arena, who: ControllerName, signal: AbortSignal): Promise<Omit<MemoryMeasurement, 'idleRssBytes' | 'controller'>> {
  const stage = await setStage(arena, { controller: who, name: `loaded-${who}`, withSecret: true, signal });
  try {
    await delay(restSeconds * 1_000, undefined, { signal });
    const { rssBytes, peakRssBytes } = await readUsage(stage.controller.pid);
    return { loadedRssBytes: rssBytes, loadedPeakRssBytes: peakRssBytes, loadedStart: stage.start };
  } finally {
    await stage.close();
  }
}

/** Finished requests of another issuer group, and large Secrets that no issuer names. */
export async function fillCluster({ api }: Arena, signal: AbortSignal): Promise<void> {
  const namespace = 'others';
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const secrets = Array.from({ length: foreignSecrets }, (_, index) => `secret-${index}`);
  const data = { blob: Buffer.alloc(secretBytes, 'x').toString('base64') };
  await forEach(secrets, async (name) => {
    signal.throwIfAborted();
    await api.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data });
  });
  await forEach(Array.from({ length: foreignRequests }, (_, index) => index), async (index) => {
    signal.throwIfAborted();
    const request = foreignRequest(`finished-${index}`, namespace);
    await api.create(request);
    await api.patch({ apiVersion: certManager, kind: 'CertificateRequest', namespace, name: request.metadata.name ?? '' }, { status: finished }, 'status');
  });
}

/** The same CSR in all of them: nobody reads it. */
function foreignRequest(name: string, namespace: string): ApiObject {
  const request = requestOf('foreign', { namespace, issuer: 'theirs' });
  const issuerRef = { group: 'issuer.example.com', kind: 'ClusterIssuer', name: 'theirs' };
  return { ...request, metadata: { name, namespace }, spec: { ...(request['spec'] as object), issuerRef } };
}

/** As large as a leaf under two CAs is. */
const pem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${`${'A'.repeat(64)}\n`.repeat(40)}-----END CERTIFICATE-----\n`).toString('base64');
/** Without an approval: the webhook lets nobody approve for an issuer kind that the cluster does not know. */
const finished = {
  certificate: pem,
  ca: pem,
  conditions: [{ type: 'Ready', status: 'True', reason: 'Issued', message: 'Certificate fetched from issuer successfully', lastTransitionTime: '2026-01-01T00:00:00Z' }],
};
