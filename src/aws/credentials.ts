// As whom do we sign a call? An identity becomes credentials of the pod, of a Secret, or of a role on top of either.
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Failure, Result } from '../domain/failure.ts';
import { fail, succeed } from '../domain/failure.ts';
import type { Identity } from '../domain/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';
import { memoiseCredentials, type Credentials, type LoadCredentials } from './credential-memo.ts';
import { FailureError, isAnswer, metricCode, toFailure } from './errors.ts';
import type { SecretData } from './ports.ts';
import type { HttpHandler } from './http-handler.ts';

export type SecretIdentity = Extract<Identity, { kind: 'secret' }>;

/** How a session is called in CloudTrail; fixed, so that AWS's sentences about it do not change. */
const sessionName = 'pca-issuer';

/**
 * Static keys from a Secret. The first sentences are the peer's, which alerts match on (as in aws-privateca-issuer v1.12.0).
 * @param secret undefined where there is none.
 */
export function readSecretKeys(identity: SecretIdentity, secret: SecretData | undefined): Result<Credentials> {
  const { namespace, name } = identity;
  if (secret === undefined) {
    return refuse('SecretNotFound', `failed to retrieve secret: secrets "${name}" not found in namespace ${namespace}`);
  }
  const read = (key: string): string => (Object.hasOwn(secret.data, key) ? (secret.data[key] ?? '').trim() : '');
  const missing = (what: string, key: string): Result<never> =>
    refuse('KeyNotFound', `no AWS ${what} Found: Secret ${namespace}/${name} has no value under ${key}`);
  const accessKeyId = read(identity.accessKeyIdKey);
  if (accessKeyId === '') return missing('Access Key ID', identity.accessKeyIdKey);
  const secretAccessKey = read(identity.secretAccessKeyKey);
  if (secretAccessKey === '') return missing('Secret Access Key', identity.secretAccessKeyKey);
  const sessionToken = read(identity.sessionTokenKey);
  if (sessionToken === '' && identity.sessionTokenIsRequired) return missing('Session Token', identity.sessionTokenKey);
  return succeed({ accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) });
}

/** [name, version] pairs that follow the SDK's own. */
export type UserAgent = [string, string][];

export interface ProviderQuestion {
  readonly identity: Identity;
  readonly region: string;
  /** The keys of the identity's Secret; undefined for the pod's own credentials. */
  readonly keys: Credentials | undefined;
  readonly handler: HttpHandler;
  readonly userAgent: UserAgent;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * The pod's own credentials follow the SDK's chain: environment, shared files, IRSA, EKS Pod Identity, instance profile.
 * @returns a function that throws FailureError and nothing else; its operation is LoadCredentials or AssumeRole.
 */
export function makeProvider(question: ProviderQuestion): LoadCredentials {
  const { identity, region, keys, handler, userAgent, clock } = question;
  const clientConfig = { region, maxAttempts: 1, requestHandler: handler, customUserAgent: userAgent };
  const base =
    keys === undefined
      ? memoiseCredentials(telling('LoadCredentials', fromNodeProviderChain({ clientConfig }), question), clock)
      : (): Promise<Credentials> => Promise.resolve(keys);
  if (identity.roleArn === undefined) return base;
  const assume = fromTemporaryCredentials({
    masterCredentials: base,
    params: { RoleArn: identity.roleArn, RoleSessionName: sessionName },
    clientConfig,
  });
  return memoiseCredentials(telling('AssumeRole', assume, question), clock);
}

/**
 * Counts a load and turns its error into a failure. A refusal by STS must not look like one by PCA: its code gets a
 * prefix, its message the name (as in aws-privateca-issuer v1.12.0).
 */
function telling(operation: string, load: LoadCredentials, { clock, metrics }: Pick<ProviderQuestion, 'clock' | 'metrics'>): LoadCredentials {
  const tell = (startedMs: number, code: string): void => {
    metrics.count('pca_issuer_aws_calls_total', { operation, code: metricCode(code) });
    metrics.observe('pca_issuer_aws_call_seconds', Math.max(0, clock.now() - startedMs) / 1_000, { operation });
  };
  return async () => {
    const startedMs = clock.now();
    try {
      const loaded = await load();
      tell(startedMs, 'ok');
      return loaded;
    } catch (error) {
      if (error instanceof FailureError) throw error;
      const failure = toFailure(error, { operation });
      tell(startedMs, failure.code);
      throw new FailureError(
        isAnswer(error) ? { ...failure, code: `sts:${failure.code}`, message: `${failure.code}: ${failure.message}` } : failure,
        { cause: error },
      );
    }
  };
}

function refuse(code: string, message: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ class: 'unauthorised', code, message, operation: 'LoadCredentials' });
}
