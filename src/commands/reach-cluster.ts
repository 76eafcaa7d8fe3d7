// As whom does a subcommand that people run speak to a cluster? As kubectl would: kubeconfig, context, or the pod that it runs in.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Ask } from '../domain/ask.ts';
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
  const logger = makeLogger({ level: 'error', format: 'text' });
  const userAgent = `pca-issuer-${command}/${process.env['PCA_ISSUER_VERSION'] ?? 'development'}`;
  return makeTransport({ kubeconfigFile: kubeconfig ?? usualKubeconfigs(environment), context, clock: systemClock, logger, userAgent });
}

/** Nothing ends its calls but their own deadlines: who is tired of waiting ends the process. */
export function askThrough(transport: KubeTransport): Ask {
  const { signal } = new AbortController();
  return async (path, query = {}) => {
    const answer = await transport.request({ method: 'GET', path, query, signal });
    if (answer.ok) return { ok: true, value: answer.value.body };
    return answer.failure.status === 404 ? 'absent' : answer;
  };
}

/** As kubectl: of several, those that are there; where none is, the error names the first. */
function usualKubeconfigs(environment: Environment): readonly string[] | undefined {
  const named = environment['KUBECONFIG']?.split(delimiter).filter((file) => file !== '') ?? [];
  const files = (named.length > 0 ? named : [join(homedir(), '.kube/config')]).filter((file) => existsSync(file));
  return files.length > 0 ? files : named.length > 0 ? named : undefined;
}
