// IssueCertificate: the ARN at once, the certificate a little later.
import { generateKeyPairSync } from 'node:crypto';
import { partitionOf, templateNameOf } from '../arn.ts';
import { statusOf, type Authority } from '../authorities/authority.ts';
import { issuingAuthority, publicKeyDer } from '../authorities/issuing.ts';
import { certify } from '../certificates/certify.ts';
import type { ApiPassthrough } from '../certificates/passthrough.ts';
import { readSigningRequest, type SigningRequest } from '../certificates/signing-request.ts';
import { defaultTemplateName, templates, type Template } from '../certificates/template-table.ts';
import type { Validity } from '../certificates/validity.ts';
import { ApiError } from '../wire/api-error.ts';
import { authorityOf, type Call } from './call.ts';
import { parametersDigest, recall, tokenKey } from './idempotency.ts';

export interface IssueCertificateInput {
  readonly CertificateAuthorityArn: string;
  /** base64 of PEM */
  readonly Csr: string;
  readonly SigningAlgorithm: string;
  readonly Validity: Validity;
  readonly ValidityNotBefore?: Validity;
  readonly TemplateArn?: string;
  readonly ApiPassthrough?: ApiPassthrough;
  readonly IdempotencyToken?: string;
}

/**
 * @returns the ARN of a new certificate, or of the one that the token already stands for
 * @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, InvalidState, InvalidArgs, MalformedCSR, LimitExceeded, Validation
 */
export function issueCertificate(input: IssueCertificateInput, call: Call): { readonly CertificateArn: string } {
  const { store, caller, nowMs, notes } = call;
  const partition = partitionOf(caller.region);
  const templateArn = input.TemplateArn ?? `arn:${partition}:acm-pca:::template/${defaultTemplateName}/V1`;
  const authority = authorityOf(call, input.CertificateAuthorityArn, templateArn);
  const remembered = replay(input, call);
  if (remembered !== undefined) return { CertificateArn: remembered };

  const template = findTemplate(templateArn, partition);
  const csr = Buffer.from(input.Csr, 'base64');
  checkState(authority, template, call);
  const request = readSigningRequest(csr);
  if (template.isRoot && !request.spki.equals(publicKeyDer(authority))) {
    throw new ApiError('InvalidArgsException', `The template ${template.name} takes only the certificate authority's own request.`);
  }
  checkQuota(authority, call);
  const { certificate, serial } = certify(issuingAuthority(authority), {
    template,
    request: call.innerFault === 'wrong-key' ? withAnotherKey(request) : request,
    signing: input.SigningAlgorithm,
    validity: input.Validity,
    validityNotBefore: input.ValidityNotBefore,
    apiPassthrough: input.ApiPassthrough,
    nowMs,
  });
  const arn = `${authority.arn}/certificate/${serial}`;
  store.certificates.put(arn, {
    arn,
    authorityArn: authority.arn,
    certificate,
    visibleAtMs: nowMs + (authority.signingMs ?? call.settings.signingMs),
    isSelfSigned: template.isRoot,
    hasFailed: call.innerFault === 'request-failed',
    issuedAtMs: nowMs,
    template: template.name,
    account: caller.account,
  });
  if (input.IdempotencyToken !== undefined) {
    const key = tokenKey(caller.account, authority.arn, input.IdempotencyToken);
    store.tokens.put(key, { certificateArn: arn, firstSeenAtMs: nowMs, parameters: parametersDigest({ ...input }) });
  }
  notes.certificateArn = arn;
  notes.hasIssued = true;
  return { CertificateArn: arn };
}

/** The ARN that the token stands for. Other parameters under the same token are a violation, which the journal keeps. */
function replay(input: IssueCertificateInput, { store, caller, nowMs, settings, notes }: Call): string | undefined {
  if (input.IdempotencyToken === undefined) return undefined;
  const key = tokenKey(caller.account, input.CertificateAuthorityArn, input.IdempotencyToken);
  const remembered = recall(store.tokens, key, nowMs, settings.idempotencyWindowMs);
  if (remembered === undefined) return undefined;
  notes.certificateArn = remembered.certificateArn;
  if (remembered.parameters !== parametersDigest({ ...input })) {
    notes.violation = `token ${input.IdempotencyToken} came again with other parameters`;
    if (settings.tokenConflict === 'refuse') {
      throw new ApiError('InvalidArgsException', 'The idempotency token was used before with other parameters.');
    }
  }
  notes.isReplay = true;
  return remembered.certificateArn;
}

function findTemplate(arn: string, partition: string): Template {
  const named = templateNameOf(arn);
  const template = named?.partition === partition ? templates.get(named.name) : undefined;
  if (template === undefined) throw new ApiError('InvalidArgsException', `The template ${arn} does not exist.`);
  return template;
}

/** Only an ACTIVE CA issues, some time after it became so; before its first certificate it may sign its own request. */
function checkState(authority: Authority, template: Template, { nowMs, settings }: Call): void {
  const status = statusOf(authority, nowMs);
  // With a span of nothing no clock that went back matters.
  const isSettling = settings.settlingMs > 0 && nowMs - authority.lastStateChangeAtMs < settings.settlingMs;
  if ((status === 'ACTIVE' && !isSettling) || (status === 'PENDING_CERTIFICATE' && template.isRoot)) return;
  throw new ApiError('InvalidStateException', 'The certificate authority is not in a valid state for issuing certificates.');
}

function checkQuota(authority: Authority, { store, settings }: Call): void {
  const quota = authority.certificateQuota ?? settings.certificatesPerAuthority;
  if (quota === null || store.certificates.values().filter(({ authorityArn }) => authorityArn === authority.arn).length < quota) return;
  throw new ApiError('LimitExceededException', 'The certificate authority has reached its limit of issued certificates.');
}

function withAnotherKey(request: SigningRequest): SigningRequest {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { ...request, spki: publicKey.export({ format: 'der', type: 'spki' }) };
}
