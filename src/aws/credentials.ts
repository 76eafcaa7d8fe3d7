// As whom do we sign a call? An identity becomes credentials: of the process, of a Secret or of a ServiceAccount's role, and of the roles on top.
import { fromNodeProviderChain, fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import type { Failure, Result } from '../domain/failure.ts';
import { fail, succeed } from '../domain/failure.ts';
import type { Identity, RoleStep, SecretSource } from '../domain/identity.ts';
import { explainAssumeRole, explainWebIdentity } from '../domain/role-refusal.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';
import { memoiseCredentials, type Credentials, type LoadCredentials } from './credential-memo.ts';
import { FailureError, isAnswer, metricCode, toFailure } from './errors.ts';
import type { SecretData } from './ports.ts';
import type { HttpHandler } from './http-handler.ts';

/**
 * Static keys from a Secret. The first sentences are the peer's, which alerts match on (as in aws-privateca-issuer v1.12.0).
 * @param secret undefined where there is none.
 */
export function readSecretKeys(identity: SecretSource, secret: SecretData | undefined): Result<Credentials> {
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

/** What the API server gives for an identity. */
export type Material =
  | { readonly kind: 'none' }
  | { readonly kind: 'keys'; readonly keys: Credentials }
  | { readonly kind: 'token'; readonly token: string };

export interface ProviderQuestion {
  readonly identity: Identity;
  readonly region: string;
  /** Asked for at every load: a token is another one each time. */
  readonly material: () => Material;
  readonly handler: HttpHandler;
  readonly userAgent: UserAgent;
  /** How the session of the process itself is called, where AWS_ROLE_SESSION_NAME does not say. */
  readonly processSessionName: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * The process's own credentials follow the SDK's chain: environment, shared files, IRSA, EKS Pod Identity, instance profile.
 * @returns a function that throws FailureError and nothing else; its operation is LoadCredentials, AssumeRoleWithWebIdentity or AssumeRole.
 */
export function makeProvider(question: ProviderQuestion): LoadCredentials {
  const { roles } = question.identity;
  return roles.reduce((base, role, index) => assume(question, base, role, index < roles.length - 1), makeSource(question));
}

function makeSource(question: ProviderQuestion): LoadCredentials {
  const { identity, material, processSessionName, clock } = question;
  const clientConfig = clientConfigOf(question);
  const roleSessionName = process.env['AWS_ROLE_SESSION_NAME'] || processSessionName;
  if (identity.kind === 'ambient') return memoiseCredentials(telling('LoadCredentials', fromNodeProviderChain({ clientConfig, roleSessionName }), question), clock);
  if (identity.kind === 'secret') {
    return () => {
      const now = material();
      return now.kind === 'keys' ? Promise.resolve(now.keys) : Promise.reject(new Error('an identity of a Secret comes with keys'));
    };
  }
  const { role } = identity;
  const exchange: LoadCredentials = () => {
    const now = material();
    const webIdentityToken = now.kind === 'token' ? now.token : '';
    return fromWebToken({ roleArn: role.arn, roleSessionName: role.sessionName, webIdentityToken, clientConfig })();
  };
  return memoiseCredentials(telling('AssumeRoleWithWebIdentity', exchange, question, explainWebIdentity(identity)), clock);
}

/** @param isFollowed another role is assumed with this one's session, which then has to pass its tags on. */
function assume(question: ProviderQuestion, base: LoadCredentials, role: RoleStep, isFollowed: boolean): LoadCredentials {
  const tags = Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value }));
  const load = fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: role.arn,
      RoleSessionName: role.sessionName,
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      ...(tags.length === 0 ? {} : { Tags: tags, ...(isFollowed ? { TransitiveTagKeys: Object.keys(role.tags) } : {}) }),
    },
    clientConfig: clientConfigOf(question),
  });
  return memoiseCredentials(telling('AssumeRole', load, question, explainAssumeRole(role)), question.clock);
}

function clientConfigOf({ region, handler, userAgent }: ProviderQuestion): { region: string; maxAttempts: number; requestHandler: HttpHandler; customUserAgent: UserAgent } {
  return { region, maxAttempts: 1, requestHandler: handler, customUserAgent: userAgent };
}

/**
 * Counts a load and turns its error into a failure. A refusal by STS must not look like one by PCA: its code gets a
 * prefix, its message the name (as in aws-privateca-issuer v1.12.0).
 */
function telling(
  operation: string,
  load: LoadCredentials,
  { clock, metrics }: Pick<ProviderQuestion, 'clock' | 'metrics'>,
  explain: (code: string) => string = () => '',
): LoadCredentials {
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
        isAnswer(error) ? { ...failure, code: `sts:${failure.code}`, message: `${failure.code}: ${failure.message}${explain(failure.code)}` } : failure,
        { cause: error },
      );
    }
  };
}

function refuse(code: string, message: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ class: 'unauthorised', code, message, operation: 'LoadCredentials' });
}
