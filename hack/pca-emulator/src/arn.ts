// Which thing does an ARN name? Certificate authorities, certificates, templates and roles.
import { createHash } from 'node:crypto';
import { ApiError } from './wire/api-error.ts';

export interface AuthorityName {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly id: string;
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const authorityPattern = new RegExp(`^arn:(aws[a-z-]*):acm-pca:([a-z0-9-]+):(\\d{12}):certificate-authority/(${uuid})$`);
const certificatePattern = new RegExp(`^(arn:aws[a-z-]*:acm-pca:[a-z0-9-]+:\\d{12}:certificate-authority/${uuid})/certificate/([0-9a-f]+)$`);
const templatePattern = /^arn:(aws[a-z-]*):acm-pca:::template\/([A-Za-z0-9_]+)\/V1$/;
const rolePattern = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\w+=,.@/-]*\/)?([\w+=,.@-]+)$/;

/**
 * Reads the ARN of a certificate authority and holds it against the region that the caller signed for.
 * @throws ApiError InvalidArnException
 */
export function authorityNameOf(arn: string, region: string): AuthorityName {
  const [, partition, arnRegion, account, id] = authorityPattern.exec(arn) ?? [];
  if (!partition || !arnRegion || !account || !id) throw invalidArn(arn);
  if (arnRegion !== region || partition !== partitionOf(arnRegion)) throw invalidArn(arn);
  return { partition, region: arnRegion, account, id };
}

/** The account in a CA's ARN, wherever its region is; undefined when it has another form. */
export function certificateAuthorityAccount(arn: string): string | undefined {
  return authorityPattern.exec(arn)?.[3];
}

/**
 * Splits `<CA ARN>/certificate/<hex>`.
 * @throws ApiError InvalidArnException when it has another form
 */
export function certificateNameOf(arn: string): { readonly authorityArn: string; readonly serial: string } {
  const [, authorityArn, serial] = certificatePattern.exec(arn) ?? [];
  if (!authorityArn || !serial) throw invalidArn(arn);
  return { authorityArn, serial };
}

/** The partition and name in a template ARN, or undefined when it has another form. */
export function templateNameOf(arn: string): { readonly partition: string; readonly name: string } | undefined {
  const [, partition, name] = templatePattern.exec(arn) ?? [];
  return partition && name ? { partition, name } : undefined;
}

/** Partition, account and bare name of a role ARN, or undefined when it has another form. */
export function roleNameOf(arn: string): { readonly partition: string; readonly account: string; readonly name: string } | undefined {
  const [, partition, account, name] = rolePattern.exec(arn) ?? [];
  return partition && account && name ? { partition, account, name } : undefined;
}

/** The partition that a region belongs to: aws, aws-cn, aws-us-gov, aws-iso… */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('us-iso-')) return 'aws-iso';
  if (region.startsWith('us-isob-')) return 'aws-iso-b';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

/**
 * The ARN that a tier of a hierarchy will always have, so that a manifest can name it before it exists.
 * @param tier  the tier's name, for example `root`
 */
export function deterministicAuthorityArn(place: {
  readonly partition?: string;
  readonly region: string;
  readonly account: string;
  readonly hierarchy: string;
  readonly tier: string;
}): string {
  const seed = [place.account, place.region, place.hierarchy, place.tier].join('/');
  const hex = createHash('sha256').update(seed).digest('hex');
  const id = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
  return `arn:${place.partition ?? partitionOf(place.region)}:acm-pca:${place.region}:${place.account}:certificate-authority/${id}`;
}

function invalidArn(arn: string): ApiError {
  return new ApiError('InvalidArnException', `The ARN ${arn} is not a valid ARN for this operation in this Region.`);
}
