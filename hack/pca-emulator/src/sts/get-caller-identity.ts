// GetCallerIdentity: who am I?
import type { XmlElements } from '../wire/query-protocol.ts';
import { principalId } from './session-grant.ts';
import type { StsCall } from './sts-call.ts';

export function getCallerIdentity(_form: URLSearchParams, { caller }: StsCall): XmlElements {
  const arn = caller?.arn ?? '';
  const sessionName = arn.slice(arn.lastIndexOf('/') + 1);
  const id = caller?.roleArn === undefined ? principalId('AIDA', arn) : `${principalId('AROA', caller.roleArn)}:${sessionName}`;
  return { Arn: arn, UserId: id, Account: caller?.account ?? '' };
}
