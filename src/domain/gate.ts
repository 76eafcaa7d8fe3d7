// May this request be worked on now? Reads names and conditions, decides, touches nothing.
import { condition, type Request } from './request.ts';

export type Gate =
  | { readonly kind: 'ignore'; readonly why: string }
  | { readonly kind: 'denied' }
  /** `since`: the instant from which the request was allowed; its dates count from there (invariant 4). */
  | { readonly kind: 'proceed'; readonly since: Date };

export interface GateRules {
  readonly group: string;
  readonly kinds: ReadonlySet<string>;
  /** false: requests are signed without approval (flag --disable-approved-check). */
  readonly checksApproval: boolean;
}

export function gate(request: Request, rules: GateRules): Gate {
  if (request.issuerRef.group !== rules.group) return ignore(`group ${request.issuerRef.group} is not ours`);
  if (!rules.kinds.has(request.issuerRef.kind)) return ignore(`kind "${request.issuerRef.kind}" is not ours`);
  const ready = condition(request, 'Ready');
  if (ready?.status === 'True') return ignore('already issued');
  if (ready?.reason === 'Failed' || ready?.reason === 'Denied') return ignore(`already ${ready.reason}`);
  if (request.hasCertificate) return ignore('somebody wrote a certificate already');
  if (condition(request, 'InvalidRequest')?.status === 'True') return ignore('somebody judged it an invalid request');
  if (condition(request, 'Denied')?.status === 'True') return { kind: 'denied' };
  if (!rules.checksApproval) return { kind: 'proceed', since: request.createdAt };
  const approved = condition(request, 'Approved');
  if (approved?.status !== 'True') return ignore('neither approved nor denied yet');
  const approvedAt = approved.lastTransitionTime ?? request.createdAt;
  return { kind: 'proceed', since: approvedAt > request.createdAt ? approvedAt : request.createdAt };
}

function ignore(why: string): Gate {
  return { kind: 'ignore', why };
}
