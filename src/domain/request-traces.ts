// What does a request tell whoever revokes or audits its certificate? Annotations that are written with the certificate's
// ARN and go with it. Anyone may change them, so none is ever read for a decision (docs/architecture.md, invariant 12).
import type { Plan } from './plan.ts';
import { arnAnnotation, ownAnnotation } from './request.ts';

/** Lower-case hex, as `aws acm-pca revoke-certificate --certificate-serial` takes it; the audit report has it with colons. */
export const serialAnnotation = 'aws-privateca-issuer/certificate-serial';
/** What `--certificate-authority-arn` takes. */
export const authorityAnnotation = 'aws-privateca-issuer/certificate-authority-arn';
const templateAnnotation = 'aws-privateca-issuer/template-name';
/** RFC 3339, as it was asked for. */
const notAfterAnnotation = 'aws-privateca-issuer/certificate-not-after';

export function tracesOf(plan: Plan, certificateArn: string): Readonly<Record<string, string>> {
  return {
    // AWS names a certificate by its serial number.
    [serialAnnotation]: certificateArn.slice(certificateArn.lastIndexOf('/') + 1),
    [authorityAnnotation]: plan.authorityArn,
    [templateAnnotation]: plan.template.name,
    [notAfterAnnotation]: plan.notAfter.toISOString().replace('.000Z', 'Z'),
  };
}

/** Removes the ARN and all that was written with it. */
export const withoutOrder: Readonly<Record<string, null>> = Object.fromEntries(
  [arnAnnotation, ownAnnotation, serialAnnotation, authorityAnnotation, templateAnnotation, notAfterAnnotation].map((key) => [key, null]),
);
