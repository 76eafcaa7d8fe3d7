// As whom an issuer speaks to AWS (as in aws-privateca-issuer v1.12.0).

export type Identity =
  | { readonly kind: 'ambient'; readonly roleArn: string | undefined }
  | {
      readonly kind: 'secret';
      readonly namespace: string;
      readonly name: string;
      readonly accessKeyIdKey: string;
      readonly secretAccessKeyKey: string;
      /** Read where the Secret has it; `isRequired` where the issuer names it. */
      readonly sessionTokenKey: string;
      readonly sessionTokenIsRequired: boolean;
      readonly roleArn: string | undefined;
    };
