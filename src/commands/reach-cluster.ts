// As whom does a subcommand that people run speak to a cluster? As kubectl would: kubeconfig, context, or the pod that it runs in.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeTransport, type KubeTransport } from '../kube/transport.ts';
import { makeLogger } from '../observe/logger.ts';
import { systemClock } from '../runtime/clock.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ClusterChoice {
  /** --kubeconfig; without it as kubectl finds it. */
  readonly kubeconfig: string | undefined;
  /** undefined: the current one. */
  readonly context: string | undefined;
  /** For the user agent. */
  readonly command: string;
}

/** @throws Error that says why no cluster can be reached with these. */
export function reachCluster({ kubeconfig, context, command }: ClusterChoice, environment: Environment): KubeTransport {
  const files = kubeconfig === undefined ? usualFiles(environment) : [kubeconfig];
  if (files.length === 0) return open(undefined, undefined, command);
  let fault: unknown;
  // Of several files in $KUBECONFIG, the first that knows the context.
  for (const file of files) {
    try {
      return open(file, context, command);
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault instanceof Error ? fault : new Error(String(fault));
}

function open(kubeconfigFile: string | undefined, context: string | undefined, command: string): KubeTransport {
  const logger = makeLogger({ level: 'error', format: 'text' });
  const userAgent = `pca-issuer-${command}/${process.env['PCA_ISSUER_VERSION'] ?? 'development'}`;
  return makeTransport({ kubeconfigFile, context, clock: systemClock, logger, userAgent });
}

function usualFiles(environment: Environment): readonly string[] {
  const named = environment['KUBECONFIG']?.split(':').filter((file) => file !== '') ?? [];
  if (named.length > 0) return named;
  return [join(homedir(), '.kube/config')].filter((file) => existsSync(file));
}
