// What a person may ask AWS about one certificate: is this it, and take it back. As whoever runs the command, never as the issuer.
import {
  ACMPCAClient,
  DescribeCertificateAuthorityCommand,
  GetCertificateCommand,
  RevokeCertificateCommand,
  type RevocationReason,
} from '@aws-sdk/client-acm-pca';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { AuthorityArn } from '../domain/authority.ts';
import { fail, succeed, type Result } from '../domain/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { endpointConfig } from './endpoints.ts';
import { emptyAnswer, toFailure } from './errors.ts';
import { defaultTimeouts, makeHttpHandler } from './http-handler.ts';
import type { Environment } from './proxy.ts';

/** Where a CA tells the world what it has revoked. */
export interface RevocationLists {
  readonly hasCrl: boolean;
  readonly hasOcsp: boolean;
}

export interface Revocation {
  /** The certificate with this serial number in PEM; undefined where the CA issued none. */
  find(serial: string, signal: AbortSignal): Promise<Result<string | undefined>>;
  /** One that is revoked already keeps its first reason. */
  revoke(serial: string, reason: RevocationReason, signal: AbortSignal): Promise<Result<'revoked' | 'was-revoked'>>;
  lists(signal: AbortSignal): Promise<Result<RevocationLists>>;
  close(): void;
}

export interface RevocationOptions {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly version: string;
}

/** Credentials follow the SDK's chain: environment, profile, SSO, and so on. */
export function makeRevocation(authority: AuthorityArn, { clock, environment, version }: RevocationOptions): Revocation {
  const { region, arn } = authority;
  const handler = makeHttpHandler(defaultTimeouts, { clock, permit: { holds: () => true }, environment });
  const client = new ACMPCAClient({
    region,
    ...endpointConfig(authority, environment),
    credentials: fromNodeProviderChain({ clientConfig: { region } }),
    requestHandler: handler,
    customUserAgent: [['pca-issuer-revoke', version]],
  });

  const call = async <T>(operation: string, send: () => Promise<T>): Promise<Result<T>> => {
    try {
      return succeed(await send());
    } catch (error) {
      return fail(toFailure(error, { operation }));
    }
  };

  return {
    async find(serial, abortSignal) {
      const operation = 'GetCertificate';
      const input = { CertificateAuthorityArn: arn, CertificateArn: `${arn}/certificate/${serial}` };
      const answer = await call(operation, () => client.send(new GetCertificateCommand(input), { abortSignal }));
      if (!answer.ok) return answer.failure.class === 'rejected' ? succeed(undefined) : answer;
      return answer.value.Certificate === undefined ? fail(emptyAnswer(operation, 'Certificate')) : succeed(answer.value.Certificate);
    },
    async revoke(serial, reason, abortSignal) {
      const input = { CertificateAuthorityArn: arn, CertificateSerial: serial, RevocationReason: reason };
      const answer = await call('RevokeCertificate', () => client.send(new RevokeCertificateCommand(input), { abortSignal }));
      if (answer.ok) return succeed('revoked');
      return answer.failure.code.startsWith('RequestAlreadyProcessed') ? succeed('was-revoked') : answer;
    },
    async lists(abortSignal) {
      const answer = await call('DescribeCertificateAuthority', () => client.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: arn }), { abortSignal }));
      if (!answer.ok) return answer;
      const { CrlConfiguration: crl, OcspConfiguration: ocsp } = answer.value.CertificateAuthority?.RevocationConfiguration ?? {};
      return succeed({ hasCrl: crl?.Enabled === true, hasOcsp: ocsp?.Enabled === true });
    },
    close() {
      client.destroy();
      handler.destroy();
    },
  };
}
