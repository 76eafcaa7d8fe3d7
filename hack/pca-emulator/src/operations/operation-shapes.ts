// The input shapes of the operations, as the API's model has them.
import { auditReportFormats } from '../audit/audit-report.ts';
import { revocationReasons } from '../authorities/issued-certificate.ts';
import { keyUsageBits } from '../certificates/extension.ts';
import { purposeOid } from '../certificates/object-identifiers.ts';
import type { Shape } from '../wire/shape.ts';

type Structure = Extract<Shape, { kind: 'structure' }>;

const arnPattern = String.raw`arn:[\w+=/,.@\-]+:acm-pca:[\w+=/,.@\-]*:[0-9]*:[\w+=,.@\-]+(/[\w+=,.@\-]+)*`;
const arn: Shape = { kind: 'string', min: 5, max: 200, pattern: arnPattern };
const objectIdentifier: Shape = { kind: 'string', max: 64, pattern: String.raw`([0-2])\.([0-9]|([0-3][0-9]))((\.([0-9]+)){0,126})` };
const text = (max: number, min = 0): Shape => ({ kind: 'string', min, max });
const printable = (max: number, min = 0): Shape => ({ kind: 'string', min, max, pattern: String.raw`[a-zA-Z0-9'()+\-?:/=., ]*` });
const list = (max: number, of: Shape, min?: number): Shape => ({ kind: 'list', max, of, ...(min === undefined ? {} : { min }) });
const structure = (members: Record<string, Shape>, required: readonly string[] = []): Structure => ({ kind: 'structure', members, required });

const signingAlgorithm: Shape = {
  kind: 'string',
  values: [
    'SHA256WITHECDSA', 'SHA384WITHECDSA', 'SHA512WITHECDSA', 'SHA256WITHRSA', 'SHA384WITHRSA', 'SHA512WITHRSA',
    'SHA256WITHRSA_PSS', 'SHA384WITHRSA_PSS', 'SHA512WITHRSA_PSS', 'SM3WITHSM2', 'ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87',
  ],
};

const validity = structure(
  {
    Value: { kind: 'long', min: 1 },
    Type: { kind: 'string', values: ['END_DATE', 'ABSOLUTE', 'DAYS', 'MONTHS', 'YEARS'] },
  },
  ['Value', 'Type'],
);

export const tagsShape = list(50, structure({ Key: text(128, 1), Value: text(256) }, ['Key']));

export const subjectShape = structure({
  Country: printable(2, 2),
  Organization: text(64),
  OrganizationalUnit: text(64),
  DistinguishedNameQualifier: printable(64),
  State: text(128),
  CommonName: text(64),
  SerialNumber: printable(64),
  Locality: text(128),
  Title: text(64),
  Surname: text(40),
  GivenName: text(16),
  Initials: text(5),
  Pseudonym: text(128),
  GenerationQualifier: text(3),
  CustomAttributes: list(150, structure({ ObjectIdentifier: objectIdentifier, Value: text(256, 1) }, ['ObjectIdentifier', 'Value']), 1),
});

const generalName = structure({
  OtherName: structure({ TypeId: objectIdentifier, Value: text(256, 1) }, ['TypeId', 'Value']),
  Rfc822Name: text(256),
  DnsName: text(253),
  DirectoryName: subjectShape,
  EdiPartyName: structure({ PartyName: text(256), NameAssigner: text(256) }, ['PartyName']),
  UniformResourceIdentifier: text(253),
  IpAddress: text(39),
  RegisteredId: objectIdentifier,
});

const subtree = structure({
  DnsName: text(253),
  Rfc822Name: text(256),
  UniformResourceIdentifier: text(253),
  IpAddress: text(64),
  DirectoryName: subjectShape,
});

/** The five forms that AWS enforces; a CA certificate with another form cannot be imported there. */
export const nameConstraintsShape = structure({ permitted: list(100, subtree, 1), excluded: list(100, subtree, 1) });

const qualifier = structure(
  {
    PolicyQualifierId: { kind: 'string', values: ['CPS'] },
    Qualifier: structure({ CpsUri: text(256) }, ['CpsUri']),
  },
  ['PolicyQualifierId', 'Qualifier'],
);

const apiPassthrough = structure({
  Subject: subjectShape,
  Extensions: structure({
    CertificatePolicies: list(20, structure({ CertPolicyId: objectIdentifier, PolicyQualifiers: list(20, qualifier, 1) }, ['CertPolicyId']), 1),
    ExtendedKeyUsage: list(
      20,
      structure({
        ExtendedKeyUsageType: { kind: 'string', values: Object.keys(purposeOid) },
        ExtendedKeyUsageObjectIdentifier: objectIdentifier,
      }),
      1,
    ),
    KeyUsage: structure(Object.fromEntries(keyUsageBits.map((bit) => [bit, { kind: 'boolean' }]))),
    SubjectAlternativeNames: list(150, generalName, 1),
    CustomExtensions: list(
      150,
      structure(
        {
          ObjectIdentifier: objectIdentifier,
          Value: { kind: 'string', min: 1, max: 4096, pattern: '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?' },
          Critical: { kind: 'boolean' },
        },
        ['ObjectIdentifier', 'Value'],
      ),
      1,
    ),
  }),
});

const paging: Readonly<Record<string, Shape>> = { MaxResults: { kind: 'long', min: 1, max: 1000 }, NextToken: text(43_739, 1) };

export const operationShapes = {
  IssueCertificate: structure(
    {
      CertificateAuthorityArn: arn,
      Csr: { kind: 'blob', min: 1, max: 32_768 },
      SigningAlgorithm: signingAlgorithm,
      TemplateArn: arn,
      Validity: validity,
      ValidityNotBefore: validity,
      IdempotencyToken: { kind: 'string', min: 1, max: 36, pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]*` },
      ApiPassthrough: apiPassthrough,
    },
    ['CertificateAuthorityArn', 'Csr', 'SigningAlgorithm', 'Validity'],
  ),
  GetCertificate: structure({ CertificateAuthorityArn: arn, CertificateArn: arn }, ['CertificateAuthorityArn', 'CertificateArn']),
  DescribeCertificateAuthority: structure({ CertificateAuthorityArn: arn }, ['CertificateAuthorityArn']),
  GetCertificateAuthorityCertificate: structure({ CertificateAuthorityArn: arn }, ['CertificateAuthorityArn']),
  RevokeCertificate: structure(
    { CertificateAuthorityArn: arn, CertificateSerial: text(128), RevocationReason: { kind: 'string', values: revocationReasons } },
    ['CertificateAuthorityArn', 'CertificateSerial', 'RevocationReason'],
  ),
  ListCertificateAuthorities: structure({ ...paging, ResourceOwner: { kind: 'string', values: ['SELF', 'OTHER_ACCOUNTS'] } }),
  ListTags: structure({ ...paging, CertificateAuthorityArn: arn }, ['CertificateAuthorityArn']),
  CreateCertificateAuthorityAuditReport: structure(
    { CertificateAuthorityArn: arn, S3BucketName: text(63, 3), AuditReportResponseFormat: { kind: 'string', values: auditReportFormats } },
    ['CertificateAuthorityArn', 'S3BucketName', 'AuditReportResponseFormat'],
  ),
  DescribeCertificateAuthorityAuditReport: structure(
    { CertificateAuthorityArn: arn, AuditReportId: { kind: 'string', min: 36, max: 36, pattern: '[a-z0-9]{8}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{12}' } },
    ['CertificateAuthorityArn', 'AuditReportId'],
  ),
} as const satisfies Record<string, Structure>;
