// Is what the mesh will trust a root, the right one, and nothing besides?
import type { CertificateFacts } from '../pki/certificate.ts';
import { found, type Finding } from './finding.ts';
import { nameOf } from './judge-key.ts';
import { distinct, isAmong, type SecretView } from './look-at-secret.ts';

/** What is known beyond this one Secret. */
export interface Surroundings {
  readonly now: Date;
  /** Whether several roots are meant: a root change is under way. */
  readonly isMultiRoot: boolean;
  /** Certificates seen anywhere, to tell a root from an intermediate that nobody has put here. */
  readonly known: readonly CertificateFacts[];
  /** The roots on which any of the clusters stands, by SHA-256. */
  readonly used: ReadonlySet<string>;
}

const fromIssuer = 'With pca-issuer ca.crt is always the self-signed top; where AWS does not know it, name it in additionalTrustAnchors of the issuer.';

export function judgeRoots(view: SecretView, surroundings: Surroundings): readonly Finding[] {
  return [...rootFaults(view), ...numberOfRoots(view, surroundings), ...openEnd(view, surroundings)];
}

/** The self-signed ones: what the cluster trusts by right. */
export function trueRoots({ roots }: SecretView): readonly CertificateFacts[] {
  return distinct(roots.certificates).filter(({ isSelfSigned }) => isSelfSigned);
}

function rootFaults({ roots }: SecretView): readonly Finding[] {
  return distinct(roots.certificates).flatMap((each) => {
    if (!each.isSelfSigned) {
      return [found('subordinate-as-root', roots.name, `${roots.name} holds ${nameOf(each)}, a subordinate CA of ${each.issuer}, as a root. Inside one CA all looks well; clusters below other subordinates are not trusted, and its rotation becomes a change of root.`, fromIssuer)];
    }
    return each.isCA ? [] : [found('root-is-no-ca', roots.name, `${roots.name} holds ${nameOf(each)}, which is self-signed but no CA certificate.`, fromIssuer)];
  });
}

function numberOfRoots(view: SecretView, { isMultiRoot, used, now }: Surroundings): readonly Finding[] {
  const { name, certificates } = view.roots;
  const findings: Finding[] = [];
  if (distinct(certificates).length < certificates.length) {
    findings.push(found('duplicate-roots', name, `${name} holds a certificate twice. Every peer gets it so, and istiod before 1.30 compares roots as text.`, 'Name each anchor once; pca-issuer writes each once.'));
  }
  // Where the way leads to none of them, that is the finding.
  const others = trueRoots(view).some((each) => isAmong(view.path, each)) ? trueRoots(view).filter((each) => !isAmong(view.path, each)) : [];
  for (const root of others) {
    const isOver = root.notAfter <= now;
    if (!isOver && (isMultiRoot || used.has(root.sha256))) continue;
    findings.push(found('several-roots', name, `${name} also trusts ${nameOf(root)}, ${isOver ? `which ended at ${root.notAfter.toISOString()}` : 'below which none of the clusters stands'}.`, isOver ? 'Take it out of additionalTrustAnchors.' : 'While a root is being changed this is meant (then say --multi-root, and set ISTIO_MULTIROOT_MESH); afterwards take it out of additionalTrustAnchors.'));
  }
  return findings;
}

/** Where the way up ends before a root of the file: who is missing? */
function openEnd(view: SecretView, { known }: Surroundings): readonly Finding[] {
  const { chain, roots, path, root } = view;
  const top = path.at(-1);
  // A subordinate that stands as root ends the way; that is another finding.
  if (top === undefined || roots.certificates.length === 0 || path.some((each) => isAmong(roots.certificates, each))) return [];
  if (root !== undefined) return [found('wrong-root', roots.name, `The chain ends in the root ${nameOf(root)}, but ${roots.name} trusts only ${listed(roots.certificates)}. istiod says "x509: certificate signed by unknown authority".`, fromIssuer)];
  const here = [...chain.certificates, ...roots.certificates].filter(({ rawSubject }) => rawSubject === top.rawIssuer);
  // One that may not sign is named by judge-chain.ts.
  if (here.some(({ isCA, keyUsages }) => !isCA || keyUsages?.includes('cert sign') === false)) return [];
  const [namesake] = here;
  if (namesake !== undefined && isAmong(roots.certificates, namesake)) {
    return [found('wrong-root', roots.name, `${roots.name} holds a certificate with the name ${nameOf(namesake)}, but it did not sign ${nameOf(top)}: same name, another key.`, fromIssuer)];
  }
  const issuer = known.find(({ rawSubject }) => rawSubject === top.rawIssuer);
  const isRoot = issuer === undefined ? path.length > 1 : issuer.rawSubject === issuer.rawIssuer;
  if (isRoot) return [found('wrong-root', roots.name, `${nameOf(top)} is signed by ${top.issuer}, but ${roots.name} trusts only ${listed(roots.certificates)}. istiod says "x509: certificate signed by unknown authority".`, fromIssuer)];
  const doubt = issuer === undefined ? ` (or, should ${top.issuer} be a root, ${roots.name} lacks it)` : '';
  return [found('missing-intermediate', chain.name, `${nameOf(top)} is signed by ${top.issuer}, which ${chain.name} does not hold${doubt}. istiod says "x509: certificate signed by unknown authority".`, 'Renew the Certificate: pca-issuer writes every CA between it and the root.')];
}

function listed(certificates: readonly CertificateFacts[]): string {
  return certificates.map(nameOf).join(' and ');
}
