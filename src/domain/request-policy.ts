// Which namespaces may ask an issuer, and which of them for a CA (docs/architecture.md, invariant 13)? Pure: controller/judge-asker.ts reads the labels.
import type { RequestPolicy as PolicySpec } from './api.gen.ts';
import { readSelector, selects, type LabelSelector, type Labels } from './label-selector.ts';
import { readTemplate } from './template.ts';

export interface RequestPolicy {
  /** undefined: not said. An empty list names nobody. */
  readonly namespaces: readonly string[] | undefined;
  /** Being named by `namespaces` or being selected is enough; every namespace is served where neither is said. */
  readonly selector: LabelSelector | undefined;
  /** Out of those that are served at all; undefined: all of them. */
  readonly caNamespaces: readonly string[] | undefined;
}

/** Who asks for what. */
export interface Asker {
  readonly namespace: string;
  /** Of the namespace; read only where `needsLabels` says so. */
  readonly labels: Labels;
  /** Would the certificate be a CA's? */
  readonly isCA: boolean;
}

export type AskerVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly reason: 'NamespaceNotAllowed' | 'CANotAllowed'; readonly message: string };

export function readPolicy({ namespaces, namespaceSelector, caNamespaces }: PolicySpec): RequestPolicy {
  return { namespaces, selector: namespaceSelector && readSelector(namespaceSelector), caNamespaces };
}

/** Is it for the labels of the namespace to say whether it is served? */
export function needsLabels({ namespaces, selector }: RequestPolicy, namespace: string): boolean {
  return selector !== undefined && namespaces?.includes(namespace) !== true;
}

/**
 * @param issuer its kind and name, for the sentences.
 * @returns a sentence that says which field would change the verdict, and nothing of other namespaces.
 */
export function judgeAsker(policy: RequestPolicy, issuer: string, { namespace, labels, isCA }: Asker): AskerVerdict {
  if (!isServed(policy, namespace, labels)) {
    const message = `${issuer} does not serve requests of namespace ${namespace}: ${whyNotServed(policy)}`;
    return { kind: 'refused', reason: 'NamespaceNotAllowed', message };
  }
  if (isCA && policy.caNamespaces?.includes(namespace) === false) {
    const message = `${issuer} signs no CA certificates for namespace ${namespace}: its spec.requestPolicy.caNamespaces does not name it; add it there, or ask for a certificate that is no CA's`;
    return { kind: 'refused', reason: 'CANotAllowed', message };
  }
  return { kind: 'allowed' };
}

function isServed({ namespaces, selector }: RequestPolicy, namespace: string, labels: Labels): boolean {
  if (namespaces === undefined && selector === undefined) return true;
  return namespaces?.includes(namespace) === true || (selector !== undefined && selects(selector, labels));
}

function whyNotServed({ namespaces, selector }: RequestPolicy): string {
  const [names, selection] = ['spec.requestPolicy.namespaces', 'spec.requestPolicy.namespaceSelector'];
  if (selector === undefined) return `its ${names} does not name it; add it there, or name another issuer`;
  const cure = 'change the labels of the namespace or the selector';
  if (namespaces === undefined) return `its ${selection} does not match the labels of the namespace; ${cure}, or name another issuer`;
  return `its ${names} does not name it, and its ${selection} does not match its labels; add it to the former, ${cure}, or name another issuer`;
}

/** The issuer's fields that decide whether a certificate is a CA's. */
interface TemplateChoice {
  readonly templateName: string | undefined;
  readonly overridesIsCA: boolean;
}

/** Would the certificate be a CA's: because the request says so, or because the issuer's template wins over it? */
export function asksForCA(request: { readonly isCA: boolean }, { templateName, overridesIsCA }: TemplateChoice): boolean {
  return request.isCA || (overridesIsCA && templateName !== undefined && readTemplate(templateName)?.isCA === true);
}

/** Can any request get a CA certificate? Not under a template for leaves. */
export function canSignCAs({ templateName }: Pick<TemplateChoice, 'templateName'>): boolean {
  return templateName === undefined || readTemplate(templateName)?.isCA === true;
}
