// What else lies in the Secret, and which roots does istiod hand out today?
import { found, type Finding } from './finding.ts';
import { nameOf } from './judge-key.ts';
import { trueRoots } from './judge-roots.ts';
import { isAmong, type SecretView } from './look-at-secret.ts';
import { readCertificates } from './read-certificates.ts';
import { classicKeys } from './secret-files.ts';

/** Where istiod writes the roots for every workload. */
export const handedOutName = 'istio-ca-root-cert';

export function judgeSurroundings(view: SecretView): readonly Finding[] {
  return [...leftovers(view), ...view.input.handedOut.flatMap((each) => handedOutFaults(view, each))];
}

function leftovers({ input: { data }, layout }: SecretView): readonly Finding[] {
  const findings: Finding[] = [];
  if (data['istio-generated'] !== undefined) {
    findings.push(found('istio-generated', 'istio-generated', 'The Secret was istiod\'s own once. With USE_CACERTS_FOR_SELF_SIGNED_CA=true istiod takes it for its own still, whatever tls.crt says.', 'Delete the Secret, so that cert-manager makes it anew without that key.'));
  }
  const classic = classicKeys.filter((name) => data[name] !== undefined);
  if (layout === 'tls' && classic.length > 0) {
    findings.push(found('classic-keys', classic.join(', '), `${classic.join(', ')}: left over from a \`cacerts\` in the older layout. istiod passes over ${classic.length === 1 ? 'it' : 'them'}, people and scripts may not.`, 'Delete the Secret, so that cert-manager makes it anew without them.'));
  }
  if (layout === 'tls' && data['ca-crl.pem'] !== undefined) {
    findings.push(found('crl-not-read', 'ca-crl.pem', 'istiod reads ca-crl.pem only beside the older key names, never beside tls.crt: these revocations have no effect.', 'Count on short-lived intermediates, or keep a Secret in the older layout for istiod.'));
  }
  return findings;
}

function handedOutFaults(view: SecretView, { namespace, text }: SecretView['input']['handedOut'][number]): readonly Finding[] {
  const about = `ConfigMap ${namespace}/${handedOutName}`;
  const [handedOut, own] = [readCertificates({ name: about, text }).certificates, trueRoots(view)];
  // A subordinate as root is another finding, and comparing would only repeat it.
  if (own.length === 0) return [];
  const missing = own.filter((each) => !isAmong(handedOut, each));
  const extra = handedOut.filter((each) => !isAmong(view.roots.certificates, each));
  if (missing.length === 0 && extra.length === 0) return [];
  const parts = [
    ...(missing.length === 0 ? [] : [`does not hold ${missing.map(nameOf).join(' and ')}`]),
    ...(extra.length === 0 ? [] : [`still hands out ${extra.map(nameOf).join(' and ')}`]),
    ...(handedOut.length === 0 ? ['holds no certificate'] : []),
  ];
  return [found('old-root-handed-out', about, `${about} ${parts.join(', ')}: workloads trust other roots than the Secret says. istiod refuses a changed ca.crt unless ISTIO_MULTIROOT_MESH is set, and reads \`cacerts\` at its start only where it had none.`, 'Look for "Multi root is disabled" in istiod\'s log; add the new root beside the old one first, or restart istiod if this is the first `cacerts`.')];
}
