// The headline: a real istiod runs on the Secret, and a workload's certificate chains to the AWS root.
import type { ApiObject } from '../control-plane/api/objects.ts';
import { encode } from '../control-plane/api/secret-data.ts';
import { startIstiod, tookRenewal, tookSecret } from '../control-plane/istiod.ts';
import { judge } from '../control-plane/check.ts';
import type { World } from '../world/world.ts';
import { heading, showTree } from './present.ts';

export interface RunningIstiod {
  /** Waits until istiod has taken the renewed Secret, without a restart, and has it sign again. */
  renew(secret: ApiObject): Promise<void>;
}

const workload = { namespace: 'shop', serviceAccount: 'checkout' };

export async function runIstiod(world: World, secret: ApiObject): Promise<RunningIstiod> {
  const { api, cluster } = world;
  if (cluster === undefined) throw new Error('--istio needs a control plane of the demo\'s own');
  heading('istiod runs on it');
  await api.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: workload.namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: workload.serviceAccount, namespace: workload.namespace } },
  ]);
  const istiod = await startIstiod({ cluster, api });
  console.log(`  istiod: ${messageOf(await istiod.waitForLog(tookSecret))}`);

  const sign = async (ca: ApiObject): Promise<void> => {
    const { chain } = await istiod.signWorkload(workload);
    // istiod appends the root to what it serves; the verdict takes it from ca.crt alone.
    const data = { 'tls.crt': encode(chain.slice(0, 3).join('')), 'ca.crt': (ca['data'] as Record<string, string>)['ca.crt'] ?? '' };
    const verdict = await judge({ data }, { profile: 'leaf', names: [`spiffe://cluster.local/ns/${workload.namespace}/sa/${workload.serviceAccount}`] });
    const broken = verdict.checks.filter(({ holds }) => !holds);
    if (broken.length > 0) throw new Error(`the workload's certificate does not hold: ${broken.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
    console.log(`\n  ServiceAccount ${workload.namespace}/${workload.serviceAccount} asked istiod for a certificate; its chain ends at the AWS root:\n`);
    showTree([...verdict.roots, ...verdict.intermediates.toReversed(), verdict.leaf]);
  };
  await sign(secret);

  return {
    async renew(renewed) {
      console.log(`\n  istiod: ${messageOf(await istiod.waitForLog(tookRenewal))}`);
      await sign(renewed);
    },
  };
}

/** The words of a log line, without time and level. */
function messageOf(line: string): string {
  return line.split('\t').slice(2).join(' ').trim() || line;
}
