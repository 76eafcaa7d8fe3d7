// On which cluster do the scenarios run, with which image, and by which address do its pods reach this machine?
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Api } from '../../hack/control-plane/api.ts';
import { down, up } from '../../hack/control-plane/cluster.ts';
import { clusterDirectory, clustersFolder } from '../../hack/control-plane/cluster/state.ts';
import type { Progress } from '../../hack/control-plane/progress.ts';
import { buildImage } from '../../hack/image/build-image.ts';
import { imageValues, type ImageValues } from '../../hack/image/reference.ts';
import { requireKind, startKind, stopKind } from '../../hack/kind/cluster.ts';
import { network } from '../../hack/node/layout.ts';
import { ensureNodePrograms } from '../../hack/node/programs.ts';
import { importImage } from '../../hack/node/start-node.ts';

export type StageOrder =
  | { readonly kind: 'node' }
  | { readonly kind: 'kind' }
  | { readonly kind: 'kubeconfig'; readonly file: string; readonly host: string; readonly image: string | undefined };

export interface StageOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The cluster outlives us. */
  readonly keep: boolean;
}

export interface Stage {
  readonly kubeconfig: string;
  /** logs and records of what runs here */
  readonly directory: string;
  /** where the emulator listens: an address of this machine that pods reach */
  readonly host: string;
  /** values of the chart that name the image; none where it is the chart's own */
  readonly image?: ImageValues | undefined;
  close(): Promise<void>;
}

/** @throws Unavailable with one sentence where this machine cannot have such a cluster. */
export async function setStage(order: StageOrder, options: StageOptions): Promise<Stage> {
  switch (order.kind) {
    case 'node':
      return ourNode(options);
    case 'kind':
      return ofKind(options);
    case 'kubeconfig':
      return theirs(order, options);
  }
}

/** Where the image lies for a minute: in one place, so that what was left by a run that was killed is written over. */
const archive = path.join(clustersFolder, 'e2e-node.image.tar');

async function ourNode({ progress, signal, keep }: StageOptions): Promise<Stage> {
  const name = 'e2e-node';
  const close = closing(name, keep);
  const { ctr } = await ensureNodePrograms({ progress, signal });
  try {
    const { kubeconfig, directory } = await together(signal, (both) => up({ name, node: true, keep, progress, signal: both }), (both) => build(progress, both));
    const importing = progress.begin('image to the node');
    await importImage(ctr, archive);
    importing.end('done');
    return { kubeconfig, directory, host: network.outside, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    await rm(archive, { force: true });
  }
}

async function ofKind({ progress, signal, keep }: StageOptions): Promise<Stage> {
  await requireKind();
  const name = 'e2e-kind';
  const directory = clusterDirectory(name);
  await mkdir(directory, { recursive: true });
  const kubeconfig = path.join(directory, 'kubeconfig');
  const close = closing(name, keep, () => stopKind(kubeconfig));
  try {
    await build(progress, signal);
    return { kubeconfig, directory, host: await startKind(kubeconfig, archive, { progress, signal }), close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    await rm(archive, { force: true });
  }
}

function theirs({ file, host, image }: StageOrder & { readonly kind: 'kubeconfig' }, { keep }: StageOptions): Stage {
  const name = 'e2e-kubeconfig';
  return { kubeconfig: file, directory: clusterDirectory(name), host, image: image === undefined ? undefined : imageValues(image), close: closing(name, keep) };
}

/** Ends what was recorded under this name, our emulator with it. */
function closing(name: string, keep: boolean, first: () => Promise<void> = async () => {}): () => Promise<void> {
  return async () => {
    if (keep) return;
    await first();
    await down(name);
  };
}

async function build(progress: Progress, signal: AbortSignal): Promise<void> {
  const image = await buildImage({ archive, progress, signal });
  console.log(`image: ${image.tag}, ${image.size} unpacked, by ${image.engine}`);
}

/** Works at two things at once; where one fails the other is told to stop, and waited for. @returns the first's result */
async function together<T>(signal: AbortSignal, first: (signal: AbortSignal) => Promise<T>, second: (signal: AbortSignal) => Promise<void>): Promise<T> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const orStop = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const [one] = await Promise.allSettled([first(both).catch(orStop), second(both).catch(orStop)]);
  if (failed.signal.aborted || one.status === 'rejected') throw failed.signal.reason;
  return one.value;
}

/** Whether all nodes share this machine's kernel, and we may look at and end the processes of their pods. */
export async function seesProcesses(api: Api): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const ours = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const nodes = await api.list({ apiVersion: 'v1', kind: 'Node' });
  return nodes.every((node) => (node['status'] as { readonly nodeInfo?: { readonly bootID?: string } } | undefined)?.nodeInfo?.bootID === ours);
}
