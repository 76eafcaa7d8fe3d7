// The operations of ACM PCA that the emulator has.
import { unknownOperation } from '../wire/json-protocol.ts';
import { checkShape } from '../wire/shape.ts';
import { createAuditReport, describeAuditReport, type CreateAuditReportInput, type DescribeAuditReportInput } from './audit-report.ts';
import type { Call } from './call.ts';
import { describeCertificateAuthority } from './describe-certificate-authority.ts';
import { getCertificateAuthorityCertificate } from './get-certificate-authority-certificate.ts';
import { getCertificate, type GetCertificateInput } from './get-certificate.ts';
import { issueCertificate, type IssueCertificateInput } from './issue-certificate.ts';
import { listCertificateAuthorities } from './list-certificate-authorities.ts';
import { listTags, type ListTagsInput } from './list-tags.ts';
import { operationShapes } from './operation-shapes.ts';
import { revokeCertificate, type RevokeCertificateInput } from './revoke-certificate.ts';

type Input = Readonly<Record<string, unknown>>;
type AuthorityInput = { readonly CertificateAuthorityArn: string };

// The shape has been checked before an operation runs, which is what makes these casts true.
const operations: Readonly<Record<keyof typeof operationShapes, (input: Input, call: Call) => object | undefined>> = {
  IssueCertificate: (input, call) => issueCertificate(input as unknown as IssueCertificateInput, call),
  GetCertificate: (input, call) => getCertificate(input as unknown as GetCertificateInput, call),
  DescribeCertificateAuthority: (input, call) => describeCertificateAuthority(input as unknown as AuthorityInput, call),
  GetCertificateAuthorityCertificate: (input, call) => getCertificateAuthorityCertificate(input as unknown as AuthorityInput, call),
  RevokeCertificate: (input, call) => revokeCertificate(input as unknown as RevokeCertificateInput, call),
  ListCertificateAuthorities: (input, call) => listCertificateAuthorities(input, call),
  ListTags: (input, call) => listTags(input as unknown as ListTagsInput, call),
  CreateCertificateAuthorityAuditReport: (input, call) => createAuditReport(input as unknown as CreateAuditReportInput, call),
  DescribeCertificateAuthorityAuditReport: (input, call) => describeAuditReport(input as unknown as DescribeAuditReportInput, call),
};

export type PcaOperation = keyof typeof operationShapes;

export const pcaOperationNames: readonly string[] = Object.keys(operationShapes);

/** @throws ApiError UnknownOperationException */
export function knownOperation(name: string): PcaOperation {
  if (Object.hasOwn(operationShapes, name)) return name as PcaOperation;
  throw unknownOperation();
}

/**
 * Checks the input's shape and runs the operation.
 * @returns the output; undefined for an operation that has none
 * @throws ApiError Serialization, Validation, and what the operation itself refuses with
 */
export function runOperation(name: PcaOperation, input: Input, call: Call): object | undefined {
  checkShape(input, operationShapes[name]);
  return operations[name](input, call);
}
