// The idempotency token: the same intent gives the same token on every attempt, replica and restart (docs/architecture.md, invariant 3).
import { createHash } from 'node:crypto';

export interface Intent {
  readonly uid: string;
  readonly authorityArn: string;
  readonly templateArn: string;
  readonly csrSha256: string;
  readonly signingAlgorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly passthrough: unknown;
  readonly generation: number;
}

/** @returns 36 hex digits: AWS's limit. */
export function idempotencyToken(intent: Intent): string {
  const parts = [
    intent.uid,
    intent.authorityArn,
    intent.templateArn,
    intent.csrSha256,
    intent.signingAlgorithm,
    intent.notBefore.getTime(),
    intent.notAfter.getTime(),
    intent.passthrough ?? null,
    intent.generation,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 36);
}
