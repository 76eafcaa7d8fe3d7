// Which variables of the environment count for AWS? One line each, for --help.

const variables: readonly (readonly [name: string, doc: string])[] = [
  ['AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE', 'Credentials by IRSA; EKS sets them. Other sources of the SDK\'s chain count as well.'],
  ['AWS_EC2_METADATA_DISABLED', 'true: no credentials of the instance are looked for, and a lack of others is told at once.'],
  ['AWS_USE_FIPS_ENDPOINT', 'true: the FIPS endpoints of PCA and STS.'],
  ['AWS_USE_DUALSTACK_ENDPOINT', 'true: endpoints with IPv6. Neither goes with an endpoint of your own.'],
  ['AWS_ENDPOINT_URL_ACM_PCA, AWS_ENDPOINT_URL_STS', 'Where PCA and STS are called instead.'],
  ['AWS_ENDPOINT_URL', 'The same for both. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS does not switch it off for PCA.'],
  ['HTTPS_PROXY, HTTP_PROXY', 'The proxy for https and for http endpoints of AWS; the API server is called without it.'],
  ['NO_PROXY', 'Names, .suffixes, addresses and networks without proxy. Loopback and 169.254.0.0/16 never have one.'],
  ['NODE_EXTRA_CA_CERTS', 'A PEM file of CAs that AWS endpoints and proxies may have beside the public ones.'],
];

export function describeAwsEnvironment(): string {
  return variables.map(([name, doc]) => `  ${name}\n        ${doc}`).join('\n');
}
