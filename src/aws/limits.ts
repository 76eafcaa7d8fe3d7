// How often may each operation be called? One bucket for each account, region and operation, since AWS counts so
// (docs/architecture.md, invariant 8).
import type { CallKind, TurnQuestion, TurnTaker } from '../controller/ports.ts';
import type { AuthorityArn } from '../domain/authority.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';
import { TokenBucket } from '../runtime/token-bucket.ts';
import { Turns } from '../runtime/turns.ts';

/** Calls a second to start with; a quarter more is the most that it climbs to. */
export type Rates = Readonly<Record<CallKind, number>>;

export interface LimitsOptions {
  readonly rates: Rates;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'observe' | 'sample'>;
}

export interface Limits extends TurnTaker {
  /** AWS asks for fewer calls of this operation. */
  throttled(authority: AuthorityArn, operation: string): void;
}

interface Limit {
  readonly labels: { readonly account: string; readonly region: string; readonly operation: string };
  readonly bucket: TokenBucket;
  readonly turns: Turns;
}

const climbs = 1.25;
/** By AWS's names: DescribeCertificateAuthority and GetCertificateAuthorityCertificate have the same quota. */
const kindOf: Readonly<Record<string, CallKind>> = {
  IssueCertificate: 'IssueCertificate',
  GetCertificate: 'GetCertificate',
  DescribeCertificateAuthority: 'DescribeCertificateAuthority',
  GetCertificateAuthorityCertificate: 'DescribeCertificateAuthority',
};

export function makeLimits({ rates, clock, metrics }: LimitsOptions): Limits {
  const limits = new Map<string, Limit>();
  metrics.sample('pca_issuer_rate_limit', () => [...limits.values()].map(({ labels, bucket }) => ({ labels, value: bucket.rate })));

  const limitOf = ({ account, region }: AuthorityArn, kind: CallKind): Limit => {
    const name = `${account}/${region}/${kind}`;
    const known = limits.get(name);
    if (known !== undefined) return known;
    const rate = rates[kind];
    const bucket = new TokenBucket({ clock, rate, burst: Math.max(1, Math.min(20, rate)), ceiling: rate * climbs });
    const onTurn = (waitedMs: number): void => metrics.observe('pca_issuer_rate_limit_wait_seconds', waitedMs / 1_000, { operation: kind });
    const made = { labels: { account, region, operation: kind }, bucket, turns: new Turns({ clock, bucket, onTurn }) };
    limits.set(name, made);
    return made;
  };

  return {
    mayCall: ({ authority, kind, ...turn }: TurnQuestion) => limitOf(authority, kind).turns.ask(turn),
    leave(key) {
      for (const { turns } of limits.values()) turns.leave(key);
    },
    throttled(authority, operation) {
      const kind = kindOf[operation];
      if (kind !== undefined) limitOf(authority, kind).bucket.slowDown();
    },
  };
}
