// Which Certificates will pca-issuer not serve, or refuse, though aws-privateca-issuer signs them?
import { describeIssuer, issuerKinds, type Issuer } from '../domain/issuer.ts';
import { readTemplate, templateNameFor } from '../domain/template.ts';
import { readCsr } from '../pki/csr.ts';
import { isAskerOf, type Asker } from './askers.ts';
import { someOf, type Finding } from './finding.ts';

export interface AskerContext {
  readonly issuers: readonly Issuer[];
  /** The value defaultTemplateOverridesIsCA, for issuers that do not say themselves. */
  readonly overridesIsCA: boolean;
}

export function judgeAskers(askers: readonly Asker[], context: AskerContext): readonly Finding[] {
  return [...context.issuers.flatMap((issuer) => templateDisagrees(issuer, askers, context)), ...askers.flatMap((asker) => judgeAsker(asker, context) ?? [])];
}

/** @returns one finding for each issuer whose template wins over isCA today. */
function templateDisagrees({ key, spec }: Issuer, askers: readonly Asker[], { overridesIsCA }: AskerContext): readonly Finding[] {
  const template = readTemplate(spec.pcaTemplate?.defaultTemplateName ?? '');
  if (template === undefined || (spec.pcaTemplate?.overrideIsCA ?? overridesIsCA)) return [];
  const others = askers.filter((asker) => isAskerOf(key, asker) && asker.isCA !== template.isCA);
  if (others.length === 0) return [];
  const [made, asked] = template.isCA ? ['CA', 'isCA: false'] : ['leaf', 'isCA: true'];
  return [
    {
      kind: 'template-disagrees',
      weight: 'stops',
      about: describeIssuer(key),
      what: `its template ${template.name} makes ${made} certificates, also for what says ${asked}: ${someOf(others.map(({ title }) => title))}. pca-issuer never lets the two disagree unseen: the next requests of these wait`,
      todo: `correct isCA there (it must say ${template.isCA}), or keep it as it is: by the chart value defaultTemplateOverridesIsCA: true for all issuers, or by spec.pcaTemplate.overrideIsCA: true once the CRDs are those of pca-issuer`,
      command: undefined,
    },
  ];
}

function judgeAsker(asker: Asker, { issuers }: AskerContext): Finding | undefined {
  const { title, namespace, issuerRef } = asker;
  if (!issuerKinds.has(issuerRef.kind)) {
    return {
      kind: 'unknown-kind',
      weight: 'stops',
      about: title,
      what: `its issuerRef.kind is "${issuerRef.kind}", which no controller knows; pca-issuer writes nothing to requests of unknown kinds, so they wait for ever`,
      todo: 'set issuerRef.kind to AWSPCAIssuer or AWSPCAClusterIssuer',
      command: undefined,
    };
  }
  const issuer = issuers.find(({ key }) => isAskerOf(key, asker));
  if (issuer === undefined) {
    const other = issuers.find(({ key }) => key.name === issuerRef.name && key.kind !== issuerRef.kind && (key.namespace === undefined || key.namespace === namespace));
    return {
      kind: 'issuer-missing',
      weight: 'stops',
      about: title,
      what: `there is no ${issuerRef.kind} ${issuerRef.name}${issuerRef.kind === 'AWSPCAIssuer' ? ` in namespace ${namespace}` : ''}; kinds are taken as they are written, so its requests wait until there is one`,
      todo: other === undefined ? 'create it, or name another one' : `set issuerRef.kind to ${other.key.kind}: there is ${describeIssuer(other.key)}`,
      command: undefined,
    };
  }
  return lostExtensions(asker, issuer);
}

function lostExtensions({ title, isCA, request }: Asker, { spec }: Issuer): Finding | undefined {
  if (request === undefined) return undefined;
  const name = spec.pcaTemplate?.defaultTemplateName || templateNameFor(isCA, request.usages, spec.pcaTemplate?.ignoreKeyUsages ?? false);
  const lost = readTemplate(name)?.takesCsrExtensions === false ? otherExtensions(request.csrPem) : [];
  if (lost.length === 0) return undefined;
  return {
    kind: 'lost-extensions',
    weight: 'stops',
    about: title,
    what: `its last CSR carries ${lost.join(', ')}, which template ${name} drops, so that its certificate lacks them now; pca-issuer makes such a request Failed and says so`,
    todo: 'take them out of the Certificate, or name a CSRPassthrough template in spec.pcaTemplate.defaultTemplateName of the issuer',
    command: undefined,
  };
}

/** A CSR that cannot be read fails with either controller, and is no matter of the switch. */
function otherExtensions(csrPem: string): readonly string[] {
  try {
    return readCsr(csrPem).otherExtensions.map(({ name, oid }) => name ?? oid);
  } catch {
    return [];
  }
}
