// Does the intermediate stand where it should, below what it should, and may everything on the way sign?
import { unknownCritical } from '../domain/proof-path.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { found, type Finding } from './finding.ts';
import { keyFault, nameOf } from './judge-key.ts';
import { distinct, isAmong, type SecretView } from './look-at-secret.ts';

const ANY_PURPOSE = '2.5.29.37.0';
const PURPOSES = [['1.3.6.1.5.5.7.3.1', 'server auth'], ['1.3.6.1.5.5.7.3.2', 'client auth']] as const;
const NAME_CONSTRAINTS = '2.5.29.30';

const reissue = 'Have it issued again from a template for subordinate CAs (SubordinateCACertificate_PathLen0/V1); with pca-issuer: isCA: true, and cmctl renew.';
const renew = 'Renew the Certificate: pca-issuer writes the whole chain, in order.';

/** Judges the certificates on the way up, and those of the file that are not on it. */
export function judgeChain(view: SecretView): readonly Finding[] {
  const { chain, path, signing } = view;
  const certificates = distinct([...chain.certificates, ...path]);
  return [
    ...certificates.flatMap((each) => authorityFaults(view, each)),
    // A root that is trusted beside the way, too: verifiers that cannot read it pass over it without a word.
    ...distinct([...certificates, ...view.roots.certificates]).flatMap((each) => contentFaults(view, each)),
    ...lengthFaults(view),
    ...orderFaults(view),
    ...(signing?.isSelfSigned === true ? [found('root-signs', chain.name, `${nameOf(signing)} is self-signed: the root's own key lies in this cluster, and no other cluster can share the root without it.`, 'Issue an intermediate for each cluster, under a root that stays outside.')] : []),
    ...strangers(view),
  ];
}

function placeOf({ chain, roots }: SecretView, certificate: CertificateFacts): string {
  const at = chain.certificates.findIndex(({ sha256 }) => sha256 === certificate.sha256);
  if (at === -1) return roots.name;
  return chain.certificates.length === 1 ? chain.name : `${chain.name}, block ${at + 1}`;
}

/** Roots are judged by judge-roots.ts. */
function authorityFaults(view: SecretView, certificate: CertificateFacts): readonly Finding[] {
  const { isCA, keyUsages, isSelfSigned, extendedKeyUsages } = certificate;
  const [about, name] = [placeOf(view, certificate), nameOf(certificate)];
  const findings: Finding[] = [];
  if (!isCA && !(isSelfSigned && isAmong(view.roots.certificates, certificate))) {
    findings.push(found('not-a-ca', about, `${name} is no CA certificate: its basic constraints do not say CA:TRUE. istiod says "certificate is not authorized to sign other certificates".`, reissue));
  }
  if (keyUsages?.includes('cert sign') !== true && !(isSelfSigned && keyUsages === undefined)) {
    findings.push(found('key-usage-missing', about, `${name} has ${keyUsages === undefined ? 'no key usage' : 'a key usage without cert sign'}: istiod loads it, and proxies refuse what it signs.`, reissue));
  }
  const lacking = extendedKeyUsages === undefined || extendedKeyUsages.includes(ANY_PURPOSE) ? [] : PURPOSES.filter(([oid]) => !extendedKeyUsages.includes(oid));
  if (lacking.length > 0) {
    findings.push(found('wrong-purpose', about, `${name} limits what stands below it by extended key usages without ${lacking.map(([, text]) => text).join(' and ')}, so no workload certificate holds for both sides of mutual TLS.`, 'Have it issued again without extended key usages, as the PathLen templates do.'));
  }
  return findings;
}

function contentFaults(view: SecretView, certificate: CertificateFacts): readonly Finding[] {
  const { weakness, isSelfSigned, otherExtensions } = certificate;
  const [about, name] = [placeOf(view, certificate), nameOf(certificate)];
  const findings: Finding[] = [];
  const fault = keyFault(certificate);
  if (fault !== undefined) findings.push(found('weak-key', about, `${name} has a key ${fault}.`, 'Use RSA with 2048 bits or more, or ECDSA P-256 or P-384.'));
  // A root is trusted for its key, not for its signature.
  if (weakness !== undefined && !isSelfSigned) findings.push(found('weak-signature', about, `${name} is signed with ${weakness}, which can be forged; istiod refuses it.`, 'Have it issued again by a CA that signs with SHA-256 or better.'));
  const unknown = unknownCritical(certificate);
  if (unknown.length > 0) findings.push(found('unknown-critical-extension', about, `${name} carries the critical extension ${unknown.join(', ')}, which verifiers do not know and therefore refuse.`, 'Have it issued again without that extension.'));
  if (otherExtensions.some(({ oid }) => oid === NAME_CONSTRAINTS)) {
    findings.push(found('name-constraints', about, `${name} carries name constraints. istiod does not look at them when it signs; peers do, and ztunnel refuses constraints on URIs altogether.`, 'Make sure that they leave room for spiffe:// URIs of the trust domain; for ambient, use none.'));
  }
  return findings;
}

/** Each CA above has to leave room for those between it and the workload certificate. */
function lengthFaults(view: SecretView): readonly Finding[] {
  return view.path.flatMap((certificate, below) =>
    certificate.pathLength === undefined || certificate.pathLength >= below
      ? []
      : [found('path-length', placeOf(view, certificate), `${nameOf(certificate)} has path length ${certificate.pathLength}, but ${below} CA certificate${below === 1 ? ' stands' : 's stand'} below it. istiod loads it, and every workload certificate is refused with "too many intermediates for path length constraint".`, 'Sign the intermediate with a CA whose path length is 1 or more, or has none.')],
  );
}

function orderFaults({ chain, path, signing }: SecretView): readonly Finding[] {
  const { certificates, name } = chain;
  const [first] = certificates;
  if (first === undefined || signing === undefined) return [];
  if (first !== signing) return [found('shuffled-chain', name, `${name} starts with ${nameOf(first)}, but the key belongs to ${nameOf(signing)}. istiod signs with the first certificate, and refuses the pair.`, renew)];
  const inFile = certificates.filter((each) => isAmong(path, each) && !each.isSelfSigned).map(({ sha256 }) => sha256);
  const inOrder = path.filter((each) => isAmong(certificates, each) && !each.isSelfSigned).map(({ sha256 }) => sha256);
  if (distinctTexts(inFile).join() === inOrder.join()) return [];
  return [found('shuffled-chain', name, `${name} does not list each certificate before the one that signed it. istiod puts up with it; ztunnel and people read it in order.`, renew)];
}

/** Certificates of the file that do nothing there. */
function strangers({ chain, path, layout, signing }: SecretView): readonly Finding[] {
  const { name, certificates } = chain;
  return certificates.flatMap((each, index) => {
    if (each === signing) return [];
    if (each.isSelfSigned) return layout === 'classic' ? [] : [found('root-in-chain', name, `${name} holds the root ${nameOf(each)}. istiod sends ${name} and the roots to every peer, so it travels three times in every handshake.`, renew)];
    const isRepeated = certificates.findIndex(({ sha256 }) => sha256 === each.sha256) < index;
    if (isRepeated) return [found('unused-certificate', name, `${name} holds ${nameOf(each)} twice.`, renew)];
    // One that should carry on the way but may not sign is named above.
    const isOnTheWay = isAmong(path, each) || each.rawSubject === path.at(-1)?.rawIssuer;
    return isOnTheWay ? [] : [found('unused-certificate', name, `${name} holds ${nameOf(each)}, which is not on the way to the root.`, renew)];
  });
}

function distinctTexts(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
