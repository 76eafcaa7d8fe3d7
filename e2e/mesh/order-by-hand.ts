// A certificate ordered past cert-manager, as somebody with AWS's command line does it, and put where cert-manager keeps its own.
import { IssueCertificateCommand, type ApiPassthrough, type Validity } from '@aws-sdk/client-acm-pca';
import { clientOf } from '../../hack/pca-emulator/src/fixtures/running-emulator.ts';
import { account } from '../../hack/world/trust.ts';
import type { Scenario } from '../harness/scenario.ts';

export interface HandOrder {
  readonly arn: string;
  readonly csrPem: string;
  readonly validity: Validity;
  /** SubordinateCACertificate_PathLen0 unless told. */
  readonly template?: string | undefined;
  readonly passthrough?: ApiPassthrough | undefined;
}

/** What AWS holds: the certificate, its issuing CA and the root, each as one PEM block with its newline. */
export interface Issued {
  readonly certificate: string;
  readonly subordinate: string;
  readonly root: string;
}

export async function orderByHand({ emulator }: Pick<Scenario, 'emulator'>, { arn, csrPem, validity, template = 'SubordinateCACertificate_PathLen0', passthrough }: HandOrder): Promise<Issued> {
  const aws = clientOf(emulator.url, await emulator.createAccessKey({ account, user: 'by-hand' }), arn.split(':')[3]);
  try {
    const order = new IssueCertificateCommand({
      CertificateAuthorityArn: arn, Csr: Buffer.from(csrPem), SigningAlgorithm: 'SHA256WITHECDSA', Validity: validity,
      TemplateArn: `arn:aws:acm-pca:::template/${template}/V1`, ...(passthrough === undefined ? {} : { ApiPassthrough: passthrough }),
    });
    const { CertificateArn: made } = await aws.send(order);
    const [authority, certificate] = [(await emulator.authorities()).find((each) => each.arn === arn), (await emulator.certificates(arn)).find((each) => each.arn === made)];
    const line = (pem = ''): string => `${pem.trim()}\n`;
    return { certificate: line(certificate?.certificate), subordinate: line(authority?.certificate), root: line(authority?.chain.at(-1)) };
  } finally {
    aws.destroy();
  }
}
