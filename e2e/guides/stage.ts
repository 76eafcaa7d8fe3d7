// Two clusters as the guides find them: cert-manager and pca-issuer run, and nothing of Istio is there yet.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { helmEnvironment } from '../../hack/control-plane/helm-environment.ts';
import { serveIstioCharts, istioCharts, type ChartRepository } from '../../hack/control-plane/istio/chart-repository.ts';
import { runDeployment, type RunningDeployment } from '../../hack/control-plane/istio/run-deployment.ts';
import { kubeconfigText } from '../../hack/control-plane/kubeconfig.ts';
import { ensurePrograms } from '../../hack/control-plane/programs.ts';
import { build } from '../../hack/build/build.ts';
import type { EmulatorClient } from '../../hack/pca-emulator/src/admin-client.ts';
import { account, region } from '../../hack/world/trust.ts';
import { startWorld, type World } from '../../hack/world/world.ts';

export interface Cluster extends World {
  readonly cluster: NonNullable<World['cluster']>;
  /** istiod, once the guide has had helm install it; `name` for one of a revision. */
  readonly deployment: (name?: string) => RunningDeployment;
}

export interface GuideStage extends AsyncDisposable {
  readonly a: Cluster;
  /** @throws Error in a stage of one cluster */
  readonly b: Cluster;
  readonly emulator: EmulatorClient;
  /** Contexts `a` and `b`; kubectl, helm and `kubectl pca` on the PATH. */
  readonly environment: NodeJS.ProcessEnv;
  /** What every guide means by Istio's chart repository. */
  readonly facts: Readonly<Record<string, string>>;
  /** A root, and the CA under it that signs for meshes. @returns their ARNs */
  hierarchy(name: string, usageMode?: 'SHORT_LIVED_CERTIFICATE'): Promise<{ readonly root: string; readonly mesh: string }>;
}

/**
 * @param name  of the guide, short: the clusters are called after it
 * @param clusters  1 where the guide knows only `a`
 */
export async function openGuideStage(name: string, clusters: 1 | 2 = 2): Promise<GuideStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pca-issuer-guide-'));
  const worlds: World[] = [];
  const deployments: RunningDeployment[] = [];
  let charts: ChartRepository | undefined;
  const close = async () => {
    await Promise.all(deployments.map((each) => each.stop().catch(() => {})));
    await Promise.all(worlds.map((world) => world.close()));
    await charts?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  };
  try {
    const { helm, kubectl } = await ensurePrograms(['helm', 'kubectl', 'istiod']);
    charts = await serveIstioCharts();
    const { file: bundle } = await build({ file: path.join(folder, 'pca-issuer.mjs') });
    const first = await startWorld({ name: `guide-${name}-a`, controller: 'bundle', bundle });
    worlds.push(first);
    if (clusters === 2) worlds.push(await startWorld({ name: `guide-${name}-b`, controller: 'bundle', bundle, beside: first }));
    const [a, b] = worlds.map((world): Cluster => {
      const { cluster, api } = world;
      if (cluster === undefined) throw new Error('a guide runs on clusters of its own');
      const running = new Map<string, RunningDeployment>();
      const deployment = (of = 'istiod'): RunningDeployment => {
        const made = running.get(of) ?? runDeployment({ api, cluster, name: of });
        if (!running.has(of)) deployments.push(made);
        running.set(of, made);
        return made;
      };
      deployment();
      return { ...world, cluster, deployment };
    });
    if (a === undefined) throw new Error('a cluster was started');
    const plugin = path.join(folder, 'kubectl-pca');
    await writeFile(plugin, `#!/bin/sh\nexec ${process.execPath} ${bundle} "$@"\n`);
    await chmod(plugin, 0o755);
    const kubeconfigs = [await writeContext(folder, 'a', a), ...(b === undefined ? [] : [await writeContext(folder, 'b', b)])];
    const environment = {
      ...helmEnvironment(path.join(folder, 'helm'), kubeconfigs.join(':')),
      HOME: folder,
      PATH: [folder, path.dirname(helm), path.dirname(kubectl), process.env['PATH']].join(':'),
    };
    await mkdir(path.join(folder, 'helm'));
    return {
      a,
      get b() {
        if (b === undefined) throw new Error('this stage has one cluster');
        return b;
      },
      emulator: first.emulator,
      environment,
      facts: { [istioCharts]: charts.url },
      hierarchy: async (of, usageMode) => {
        const key = { keyAlgorithm: 'EC_prime256v1' } as const;
        const { authorities } = await first.emulator.createHierarchy({ name: of, account, region, tiers: [{ name: 'root', ...key }, { name: 'mesh', ...key, ...(usageMode && { usageMode }) }] });
        return { root: authorities[0]?.arn ?? '', mesh: authorities[1]?.arn ?? '' };
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The admin's kubeconfig with a context of this name. @returns its file */
async function writeContext(folder: string, name: string, { cluster, api }: Cluster): Promise<string> {
  const [clientCertificatePem, clientKeyPem] = await Promise.all([readFile(cluster.adminCertificateFile, 'utf8'), readFile(cluster.adminKeyFile, 'utf8')]);
  const file = path.join(folder, `${name}.kubeconfig`);
  await writeFile(file, kubeconfigText({ name, server: api.server, caPem: api.caPem, user: { clientCertificatePem, clientKeyPem } }), { mode: 0o600 });
  return file;
}
