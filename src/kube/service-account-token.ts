// Tokens of ServiceAccounts, for issuers that have an AWS role of their own (TokenRequest).
import type { ServiceAccountToken, TokenSource } from '../aws/ports.ts';
import { fail, succeed, type Result } from '../domain/failure.ts';
import { record, text } from '../domain/json.ts';
import type { Clock } from '../runtime/clock.ts';
import { freshMs, makeFreshCopies } from './fresh-copies.ts';
import type { KubeTransport } from './transport.ts';

/** The shortest that the API server gives; a token is exchanged at once. */
const expirationSeconds = 600;
const tokenRequest = 'POST serviceaccounts/token';

/** @param transport guarded: asking for a token is a write. */
export function makeTokens(transport: Pick<KubeTransport, 'request'>, clock: Clock): TokenSource {
  const copies = makeFreshCopies<ServiceAccountToken>({ clock, mostCopies: 64 });
  return {
    token: (namespace, name, audiences, signal) =>
      copies({ name: JSON.stringify([namespace, name, audiences]), operation: tokenRequest, load: () => request(transport, namespace, name, audiences) }, signal),
  };
}

async function request(transport: Pick<KubeTransport, 'request'>, namespace: string, name: string, audiences: readonly string[]): Promise<Result<ServiceAccountToken>> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences, expirationSeconds } };
  const answer = await transport.request({ method: 'POST', path, body, signal: new AbortController().signal, timeoutMs: freshMs });
  if (!answer.ok) {
    const { failure } = answer;
    if (failure.status === 404) return fail({ ...failure, class: 'unauthorised', code: 'ServiceAccountNotFound', message: `serviceaccounts "${name}" not found in namespace ${namespace}` });
    if (failure.status !== 403) return answer;
    const wayOut = `; allow this controller to create serviceaccounts/token of ${name} in ${namespace} with a Role and a RoleBinding`;
    return fail({ ...failure, message: `${failure.message}${wayOut}` });
  }
  const token = text(record(record(answer.value.body)['status'])['token']);
  if (token === '') return fail({ class: 'transient', code: 'EmptyAnswer', message: 'the answer has no token', operation: tokenRequest });
  return succeed({ token, accountUid: uidIn(token) });
}

/** The API server writes the ServiceAccount's uid into the claims of its tokens. */
function uidIn(token: string): string {
  try {
    const claims = record(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
    return text(record(record(claims['kubernetes.io'])['serviceaccount'])['uid']);
  } catch {
    return '';
  }
}
