// As whom an issuer speaks to AWS: where its credentials come from, and the roles that are assumed on top of them
// (as in aws-privateca-issuer v1.12.0).

/** One role that is assumed with the credentials before it. */
export interface RoleStep {
  readonly arn: string;
  /** How CloudTrail calls the session. */
  readonly sessionName: string;
  readonly externalId: string | undefined;
  /** Session tags; they are passed on to the roles that follow. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface SecretSource {
  readonly kind: 'secret';
  readonly namespace: string;
  readonly name: string;
  readonly accessKeyIdKey: string;
  readonly secretAccessKeyKey: string;
  /** Read where the Secret has it; `isRequired` where the issuer names it. */
  readonly sessionTokenKey: string;
  readonly sessionTokenIsRequired: boolean;
}

export interface ServiceAccountSource {
  readonly kind: 'service-account';
  readonly namespace: string;
  readonly name: string;
  readonly audiences: readonly string[];
  /** The role that its token is exchanged for. */
  readonly role: Pick<RoleStep, 'arn' | 'sessionName'>;
}

export type Identity = (
  /** Of this process: environment, shared files, IRSA, EKS Pod Identity, instance profile. */
  { readonly kind: 'ambient' } | SecretSource | ServiceAccountSource
) & {
  /** Assumed one after the other. */
  readonly roles: readonly RoleStep[];
};
