// The one closed table of names that an error may have, and what each means to us.
import type { FailureClass } from '../domain/failure.ts';

const untrusted = 'no CA that we trust has signed the TLS certificate of the endpoint; NODE_EXTRA_CA_CERTS adds one';

/** `unsure`: AWS may have acted. Ambiguous for a call that costs a certificate, transient for one that only reads. */
export type Entry = FailureClass | 'unsure';

/** Names without the suffix "Exception", which some services write and others do not. */
export const answers: Readonly<Record<string, Entry>> = {
  Throttling: 'throttled',
  RequestThrottled: 'throttled',
  RequestLimitExceeded: 'throttled',
  TooManyRequests: 'throttled',

  RequestInProgress: 'transient',
  RequestFailed: 'transient',
  ConcurrentModification: 'transient',
  // Our clock is wrong, or was: the SDK has corrected its offset by the answer's Date.
  RequestExpired: 'transient',
  RequestTimeTooSkewed: 'transient',
  IDPCommunicationError: 'transient',

  InternalFailure: 'unsure',
  InternalServer: 'unsure',
  InternalServerError: 'unsure',
  InternalServiceError: 'unsure',
  InternalError: 'unsure',
  Other: 'unsure',
  ServiceUnavailable: 'unsure',

  AccessDenied: 'unauthorised',
  NotAuthorized: 'unauthorised',
  OptInRequired: 'unauthorised',
  ExpiredToken: 'unauthorised',
  UnrecognizedClient: 'unauthorised',
  InvalidSignature: 'unauthorised',
  SignatureDoesNotMatch: 'unauthorised',
  IncompleteSignature: 'unauthorised',
  MissingAuthenticationToken: 'unauthorised',
  InvalidClientTokenId: 'unauthorised',
  InvalidIdentityToken: 'unauthorised',
  IDPRejectedClaim: 'unauthorised',
  CredentialsProviderError: 'unauthorised',
  TokenProviderError: 'unauthorised',
  // The web identity token file cannot be read.
  ENOENT: 'unauthorised',
  EACCES: 'unauthorised',

  InvalidArn: 'misconfigured',
  InvalidRequest: 'misconfigured',
  InvalidState: 'misconfigured',
  InvalidParameterValue: 'misconfigured',
  LimitExceeded: 'misconfigured',
  PackedPolicyTooLarge: 'misconfigured',
  RegionDisabled: 'misconfigured',
  ResourceNotFound: 'misconfigured',
  UnknownOperation: 'misconfigured',
  ValidationError: 'misconfigured',
  EndpointError: 'misconfigured',

  InvalidArgs: 'unsuitable',
  // Often about dates: our own check has passed, so AWS's clock may differ from ours.
  Validation: 'unsuitable',

  MalformedCSR: 'rejected',
  RequestAlreadyProcessed: 'conflict',
  Serialization: 'bug',
};

/** Of a certificate that was ordered: these mean that it will never be had. */
export const lostCertificate: ReadonlySet<string> = new Set(['ResourceNotFound', 'InvalidArn', 'RequestFailed', 'Validation']);

/** Errors of connections, in words of ours: their own name addresses and ports, which change between attempts. */
export const connectionWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the endpoint refuses connections',
  EHOSTUNREACH: 'the network has no way to the endpoint',
  ENETUNREACH: 'the network has no way to the endpoint',
  ENETDOWN: 'the network is down',
  EADDRNOTAVAIL: 'no local port is free',
  ENOTFOUND: 'the name of the endpoint is not known',
  EAI_AGAIN: 'the name of the endpoint cannot be looked up now',
  ConnectTimeout: 'no connection in time',
  ERR_PROXY_TUNNEL: 'the proxy does not connect us to the endpoint',
  ECONNRESET: 'the connection was cut before the answer came',
  EPIPE: 'the connection was cut before the answer came',
  ETIMEDOUT: 'the connection timed out',
  TimeoutError: 'no answer in time',
  AbortError: 'the call was broken off',
  EPROTO: 'the endpoint does not speak TLS as it should',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: 'the TLS certificate of the endpoint has expired, or our clock is ahead',
  CERT_NOT_YET_VALID: 'the TLS certificate of the endpoint is not valid yet, or our clock is behind',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the TLS certificate of the endpoint is for another name',
};

/** Answers that say nothing we could read; their messages are made where they are found. */
export const answersWithoutName: ReadonlySet<string> = new Set(['EmptyAnswer', 'UnreadableAnswer']);
