// How does a node get a network of its own? One namespace, one veth pair, and a way to its pods; the machine's own rules stay as they are.
import { execFileSync, spawnSync } from 'node:child_process';
import { inside, namespaceFile, network } from './layout.ts';
import { writeFileSync } from 'node:fs';

/** @throws Error with what ip said. */
export function makeNetwork(): void {
  const { link, outside, inside: address, prefix, pods } = network;
  writeFileSync(namespaceFile, '');
  run('unshare', [`--net=${namespaceFile}`, 'true']);
  run('ip', ['link', 'add', 'name', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespaceFile]);
  run('ip', ['address', 'add', `${outside}/${prefix}`, 'dev', link]);
  run('ip', ['link', 'set', link, 'up']);
  within('ip', ['link', 'set', 'lo', 'up']);
  within('ip', ['address', 'add', `${address}/${prefix}`, 'dev', 'eth0']);
  within('ip', ['link', 'set', 'eth0', 'up']);
  within('ip', ['route', 'add', 'default', 'via', outside]);
  run('ip', ['route', 'add', pods, 'via', address]);
  // /proc/sys/net is that of whoever opens it.
  within('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward; for each in /proc/sys/net/bridge/bridge-nf-call-iptables; do [ ! -e $each ] || echo 1 > $each; done']);
}

/** Takes everything of it away; what is gone already is fine. The route and the other end of the pair go with this end. */
export function removeNetwork(): void {
  spawnSync('ip', ['link', 'delete', network.link]);
  spawnSync('umount', ['--lazy', namespaceFile]);
}

function within(command: string, args: readonly string[]): void {
  const wrapped = inside(command, args);
  run(wrapped.command, wrapped.args);
}

function run(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed: ${stderr?.trim() ?? String(error)}`, { cause: error });
  }
}
