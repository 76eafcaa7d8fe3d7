// AWS Private CA as the use cases see it: four questions, each answered by a value.
import {
  DescribeCertificateAuthorityCommand,
  GetCertificateAuthorityCertificateCommand,
  GetCertificateCommand,
  IssueCertificateCommand,
  type IssueCertificateCommandInput,
  type SigningAlgorithm,
} from '@aws-sdk/client-acm-pca';
import type { Authority, DescribedAuthority, SignedCertificate } from '../controller/ports.ts';
import { fail, succeed, type Result } from '../domain/failure.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Permit } from '../runtime/leader.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import { makeCall } from './caller.ts';
import { makeClients } from './clients.ts';
import { emptyAnswer } from './errors.ts';
import { defaultTimeouts, makeHttpHandler, type Timeouts } from './http-handler.ts';
import { toApiPassthrough } from './passthrough.ts';
import type { Limits } from './limits.ts';
import type { SecretReader, TokenSource } from './ports.ts';

export interface AuthorityPorts {
  readonly secrets: SecretReader;
  readonly tokens: TokenSource;
  /** How AWS calls the session of the process itself, where AWS_ROLE_SESSION_NAME does not say. */
  readonly processSessionName: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Hears of throttling. */
  readonly limits: Pick<Limits, 'throttled'>;
  /** Of this program; AWS sees it in the user agent. */
  readonly version: string;
  readonly timeouts?: Timeouts;
  /** Without it nothing is sent to AWS. */
  readonly permit: Permit;
}

/**
 * Endpoints come from AWS_ENDPOINT_URL_ACM_PCA, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL, else from the CA's region.
 * Every call is one attempt: retries belong to the caller (docs/architecture.md, invariants 3 and 7).
 */
export function makeAuthority(ports: AuthorityPorts): Authority & { close(): void } {
  const { clock, logger, metrics, limits, version, permit, timeouts = defaultTimeouts } = ports;
  const handler = makeHttpHandler(timeouts, { clock, permit });
  const clients = makeClients({ ...ports, handler, userAgent: [['pca-issuer', version]] });
  const call = makeCall({ clients, clock, logger, metrics, limits, totalMs: timeouts.totalMs });

  return {
    async issue(access, plan, signal) {
      const operation = 'IssueCertificate';
      const input = issueInput(plan);
      const answered = await call(access, operation, signal, (client, options) => client.send(new IssueCertificateCommand(input), options));
      if (!answered.ok) return answered;
      const { CertificateArn: certificateArn, $metadata: { requestId: awsRequestId } } = answered.value;
      return certificateArn ? succeed({ certificateArn, awsRequestId }) : fail(emptyAnswer(operation, 'CertificateArn'));
    },

    async fetch(access, certificateArn, signal) {
      const operation = 'GetCertificate';
      const input = { CertificateAuthorityArn: access.authority.arn, CertificateArn: certificateArn };
      const answered = await call(access, operation, signal, (client, options) =>
        client.send(new GetCertificateCommand(input), options),
      );
      if (!answered.ok) return answered.failure.code === 'RequestInProgressException' ? succeed('in-progress') : answered;
      return toSigned(answered.value, operation);
    },

    async describe(access, signal) {
      const operation = 'DescribeCertificateAuthority';
      const input = { CertificateAuthorityArn: access.authority.arn };
      const answered = await call(access, operation, signal, (client, options) =>
        client.send(new DescribeCertificateAuthorityCommand(input), options),
      );
      if (!answered.ok) return answered;
      const found = answered.value.CertificateAuthority;
      if (found?.Arn === undefined) return fail(emptyAnswer(operation, 'CertificateAuthority'));
      const value: DescribedAuthority = {
        type: found.Type,
        status: found.Status,
        usageMode: found.UsageMode,
        keyAlgorithm: found.CertificateAuthorityConfiguration?.KeyAlgorithm,
        signingAlgorithm: found.CertificateAuthorityConfiguration?.SigningAlgorithm,
        serial: found.Serial,
        notAfter: found.NotAfter,
      };
      return succeed(value);
    },

    async certificate(access, signal) {
      const operation = 'GetCertificateAuthorityCertificate';
      const input = { CertificateAuthorityArn: access.authority.arn };
      const answered = await call(access, operation, signal, (client, options) =>
        client.send(new GetCertificateAuthorityCertificateCommand(input), options),
      );
      return answered.ok ? toSigned(answered.value, operation) : answered;
    },

    close: () => handler.destroy(),
  };
}

/** The same plan gives the same bytes, or AWS would not know the repetition (docs/architecture.md, invariant 3). */
function issueInput(plan: Plan): IssueCertificateCommandInput {
  const passthrough = toApiPassthrough(plan.passthrough);
  return {
    CertificateAuthorityArn: plan.authorityArn,
    Csr: Buffer.from(plan.csrPem, 'utf8'),
    // AWS's list grows faster than the SDK's type (as in aws-privateca-issuer v1.12.0).
    SigningAlgorithm: plan.signingAlgorithm as SigningAlgorithm,
    TemplateArn: plan.templateArn,
    ValidityNotBefore: { Type: 'ABSOLUTE', Value: seconds(plan.notBefore) },
    Validity: { Type: 'ABSOLUTE', Value: seconds(plan.notAfter) },
    IdempotencyToken: plan.token,
    ...(passthrough === undefined ? {} : { ApiPassthrough: passthrough }),
  };
}

function seconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1_000);
}

function toSigned(
  { Certificate: certificate, CertificateChain: chain }: { Certificate?: string; CertificateChain?: string },
  operation: string,
): Result<SignedCertificate> {
  return certificate ? succeed({ certificate, chain }) : fail(emptyAnswer(operation, 'Certificate'));
}
