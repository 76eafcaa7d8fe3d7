// Which certificate was ordered for a request already? (docs/architecture.md, invariant 12)
import { isCertificateOf } from '../domain/authority.ts';
import { arnAnnotation, generationAnnotation, ownAnnotation, type Request } from '../domain/request.ts';
import { readForRequest } from '../domain/validity.ts';
import type { Order } from './obtain-certificate.ts';

/** The ARN to fetch: the one that we ordered, else the annotation where it has the right shape and was not refused before. */
export function knownArn({ request, access, memory }: Order): string | undefined {
  const { arn } = access.authority;
  if (memory.ownArn !== undefined && memory.ownAuthorityArn === arn) return memory.ownArn;
  const hint = request.annotations[arnAnnotation];
  if (hint === undefined || memory.refusedHints.has(hint) || !isCertificateOf(arn, hint)) return undefined;
  if (memory.ownArn === undefined && isMarkedOwn(request, hint)) Object.assign(memory, { ownArn: hint, ownAuthorityArn: arn });
  return hint;
}

/** Was it ordered by us, if only by a process before this one? Its refusal then costs the generation (invariant 11). */
export function isMarkedOwn(request: Request, arn: string): boolean {
  return readForRequest(request.uid, request.annotations[ownAnnotation]) === arn;
}

/** 0 for the first certificate, 1 for the only second one (invariant 11). */
export function generationOf(request: Request): 0 | 1 {
  return readForRequest(request.uid, request.annotations[generationAnnotation]) === '1' ? 1 : 0;
}
