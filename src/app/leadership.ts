// Does this process lead? Waits for the lease where one is asked for, and keeps it while the process works.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { leaseName, makeLease } from '../kube/lease.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { monotonicMs, systemClock, type Clock } from '../runtime/clock.ts';
import { LeaderElector, type Permit } from '../runtime/leader.ts';
import type { Logger } from '../runtime/ports.ts';
import type { Settings } from './settings.ts';

export interface Leadership extends Permit {
  /** @returns false where `signal` aborts first. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Keeps it. @returns 'lost' when somebody else may lead, 'stopped' once `signal` aborts. */
  keep(signal: AbortSignal): Promise<'stopped' | 'lost'>;
  release(): Promise<void>;
}

export interface LeadershipOptions {
  readonly settings: Pick<Settings, 'leaderElect' | 'leaderElectionNamespace'>;
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly logger: Logger;
}

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Without --leader-elect this process always leads. */
export function makeLeadership({ settings, transport, clock, logger }: LeadershipOptions): Leadership {
  if (!settings.leaderElect) {
    return {
      holds: () => true,
      acquire: (signal) => Promise.resolve(!signal.aborted),
      keep: (signal) => new Promise((resolve) => {
        if (signal.aborted) return resolve('stopped');
        signal.addEventListener('abort', () => resolve('stopped'), { once: true });
      }),
      release: () => Promise.resolve(),
    };
  }
  const namespace = settings.leaderElectionNamespace || podNamespace() || 'default';
  const elector = new LeaderElector({
    store: makeLease({ transport, namespace, name: leaseName }),
    identity: `${hostname()}_${randomUUID()}`,
    clock,
    monotonicMs: clock === systemClock ? monotonicMs : () => clock.now(),
    logger,
  });
  return {
    holds: () => elector.holds(),
    acquire: (signal) => elector.acquire(signal),
    keep: (signal) => elector.renew(signal),
    release: () => elector.release(),
  };
}

function podNamespace(): string {
  try {
    return readFileSync(namespaceFile, 'utf8').trim();
  } catch {
    return '';
  }
}
