// Where is a CA called? As the SDK says, except in partitions that its rules, of early 2024, know wrongly or in part.
import type { AuthorityArn } from '../domain/authority.ts';
import type { Environment } from './proxy.ts';

interface Suffixes {
  readonly plain: string;
  readonly dualStack: string;
}

/** The older rules take the European sovereign cloud for `aws`, and know no dual-stack names of the others. */
const suffixes: Readonly<Record<string, Suffixes>> = {
  'aws-eusc': { plain: 'amazonaws.eu', dualStack: 'api.amazonwebservices.eu' },
  'aws-iso': { plain: 'c2s.ic.gov', dualStack: 'api.aws.ic.gov' },
  'aws-iso-b': { plain: 'sc2s.sgov.gov', dualStack: 'api.aws.scloud' },
  'aws-iso-e': { plain: 'cloud.adc-e.uk', dualStack: 'api.cloud-aws.adc-e.uk' },
  'aws-iso-f': { plain: 'csp.hci.ic.gov', dualStack: 'api.aws.hci.ic.gov' },
};

/** What is added to the configuration of a client of ACM PCA. */
export interface EndpointConfig {
  readonly endpoint?: string;
  /** The name has both in it, and the SDK refuses them beside an endpoint. */
  readonly useFipsEndpoint?: false;
  readonly useDualstackEndpoint?: false;
}

/** The SDK's own variables mean here what they mean to it; STS needs none of this, its client knows every partition. */
export function endpointConfig({ partition, region }: AuthorityArn, environment: Environment): EndpointConfig {
  const known = suffixes[partition];
  const isElsewhere = Boolean(environment['AWS_ENDPOINT_URL_ACM_PCA'] ?? environment['AWS_ENDPOINT_URL']);
  if (known === undefined || isElsewhere) return {};
  const name = environment['AWS_USE_FIPS_ENDPOINT'] === 'true' ? 'acm-pca-fips' : 'acm-pca';
  const suffix = environment['AWS_USE_DUALSTACK_ENDPOINT'] === 'true' ? known.dualStack : known.plain;
  return { endpoint: `https://${name}.${region}.${suffix}`, useFipsEndpoint: false, useDualstackEndpoint: false };
}
