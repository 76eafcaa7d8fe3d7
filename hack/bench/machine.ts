// What was it measured on, and which versions? Nothing that names a host, a person or a folder.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programVersion } from '../control-plane/programs.ts';
import type { Machine } from './results.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

export async function describeMachine(): Promise<Machine> {
  const { stdout } = await run('go', ['env', 'GOVERSION']);
  const processors = cpus();
  // A kernel's name may end in the name of who built it.
  const [kernel = release()] = /^\d+\.\d+/.exec(release()) ?? [];
  return { cores: processors.length, processor: processors[0]?.model ?? 'unknown', memoryBytes: totalmem(), kernel, node: process.version, go: stdout.trim() };
}

/** @param isGiven whether the bundle of ours was built before, from whatever */
export async function describeVersions({ node, go }: Machine, isGiven: boolean): Promise<Readonly<Record<string, string>>> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const ask = async (...args: readonly string[]): Promise<string> => (await run('git', ['-C', root, ...args]).catch(() => ({ stdout: '' }))).stdout.trim();
  const [commit, changes] = await Promise.all([ask('rev-parse', '--short', 'HEAD'), ask('status', '--porcelain', '--', 'src')]);
  const origin = isGiven ? 'a bundle that was built before' : `commit ${commit}${changes === '' ? '' : ' with changes'}`;
  return {
    'pca-issuer': `${version}, ${origin}`,
    'aws-privateca-issuer': `v${programVersion('aws-privateca-issuer')}`,
    Node: node,
    Go: go,
    'kube-apiserver': `v${programVersion('kube-apiserver')}`,
    etcd: `v${programVersion('etcd')}`,
    'cert-manager': `v${programVersion('cert-manager')}`,
  };
}
