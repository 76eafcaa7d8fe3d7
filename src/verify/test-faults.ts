// Test support: each row is a `cacerts` that somebody once made, or will, and what verify has to say about it.
import { makeCertificate } from '../pki/test-certificates.ts';
import { sharedKey } from '../pki/test-keys.ts';
import type { FindingName } from './finding.ts';
import type { ClusterInput } from './look-at-secret.ts';
import type { VerifyOptions } from './report.ts';
import { cluster, day, hour, keyOf, keyPem, makeIntermediate, makeRoot, makeSubordinate, now, pems, secretOf, threeTiers } from './test-mesh.ts';

const { root, sub, intermediate } = threeTiers();
const good = { 'tls.crt': pems(intermediate, sub), 'tls.key': keyOf(intermediate), 'ca.crt': pems(root) };
const otherRoot = makeRoot('Other Root');
const old = { notBefore: new Date(now.getTime() - 400 * day), notAfter: new Date(now.getTime() - hour) };
const later = { notBefore: new Date(now.getTime() + hour) };
const within = (data: Readonly<Record<string, string>>, more: Partial<ClusterInput> = {}): readonly ClusterInput[] => [cluster('a', data, more)];
const signed = (made: ReturnType<typeof makeCertificate>): readonly ClusterInput[] => within(secretOf(made, [sub], [root]));
const changed = (change: Readonly<Record<string, string>>): readonly ClusterInput[] => within({ ...good, ...change });

export type PlantedFault = readonly [what: string, inputs: readonly ClusterInput[], expected: readonly FindingName[], more?: Partial<VerifyOptions>];

const narrowSub = makeSubordinate(root, { pathLength: 0 });
const expiredRoot = makeRoot('Acme Root', old);
const subOfExpired = makeSubordinate(expiredRoot);
const expiredSub = makeSubordinate(root, old);
const noCaSub = makeSubordinate(root, { isCA: false, keyUsages: ['cert sign'] });
const dnsSub = makeSubordinate(root, { nameConstraints: { permittedDns: ['acme.example'] } });
const policySub = makeSubordinate(root, { extraExtensions: [{ oid: '2.5.29.36', isCritical: true, der: new Uint8Array([0x30, 3, 0x80, 1, 0]) }] });
const oddRoot = makeRoot('Next Root', { extraExtensions: [{ oid: '1.3.6.1.5.5.7.1.1', isCritical: true, der: new Uint8Array([0x30, 0]) }] });
const namesake = makeRoot('Acme Root');
const shortRoot = makeRoot('Short Root', { notAfter: new Date(now.getTime() + 20 * day) });
const weakKey = sharedKey('RSA-1024');
const encrypted = String(intermediate.key.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }));
const selfMade = makeRoot('istiod');
const secondRoot = makeRoot('Second Root');
const other = makeIntermediate(sub, { subject: 'cluster-b.istio-ca' });
const goodOther = secretOf(other, [sub], [root]);
const otherTree = threeTiers();

export const plantedFaults: readonly PlantedFault[] = [
  ['an empty ca.crt', changed({ 'ca.crt': '' }), ['empty-value']],
  ['an empty tls.crt', changed({ 'tls.crt': '\n' }), ['empty-value']],
  ['an empty tls.key', changed({ 'tls.key': '' }), ['empty-value']],
  ['an empty Secret', within({}), ['empty-value']],
  ['a ca.crt that is no PEM', changed({ 'ca.crt': 'garbage\n' }), ['unreadable-pem']],
  ['a block that holds no certificate', changed({ 'ca.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }), ['unreadable-certificate']],
  ['the private key in tls.crt', changed({ 'tls.crt': `${good['tls.crt']}${good['tls.key']}` }), ['foreign-block']],
  ['no final newline in tls.crt', changed({ 'tls.crt': good['tls.crt'].trimEnd() }), ['no-final-newline']],
  ['no final newline in ca.crt', changed({ 'ca.crt': good['ca.crt'].trimEnd() }), ['no-final-newline']],
  ['no newline between two certificates', changed({ 'tls.crt': `${pems(intermediate).trimEnd()}${pems(sub)}` }), ['glued-blocks']],
  ['CRLF', changed({ 'tls.crt': good['tls.crt'].replaceAll('\n', '\r\n') }), ['crlf']],
  ['a comment before the certificate', changed({ 'ca.crt': `# Acme Root\n${good['ca.crt']}` }), ['stray-text']],
  ['lines of 76 columns', changed({ 'ca.crt': good['ca.crt'].replaceAll(/(.{64})\n(.{12})/g, '$1$2\n') }), ['not-canonical']],
  ['a blank line at the end', changed({ 'ca.crt': `${good['ca.crt']}\n` }), ['not-canonical']],
  ['an encrypted key', changed({ 'tls.key': encrypted }), ['encrypted-key']],
  ['an unreadable key', changed({ 'tls.key': good['tls.key'].replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA') }), ['unreadable-key']],
  ['the key of nobody', changed({ 'tls.key': keyPem(sharedKey('P-384').privateKey) }), ['key-mismatch']],
  ['an RSA key of 1024 bits', signed(makeIntermediate(sub, { key: weakKey })), ['weak-key']],
  ['a key on a curve that no proxy knows', signed(makeIntermediate(sub, { key: 'secp256k1' })), ['weak-key']],
  ['a signature over SHA-1', signed(makeIntermediate(sub, { digest: 'sha1' })), ['weak-signature']],
  ['the CA flag missing', signed(makeIntermediate(sub, { isCA: false, pathLength: undefined, keyUsages: ['cert sign', 'crl sign'] })), ['not-a-ca']],
  ['the CA flag missing one tier up', within(secretOf(makeIntermediate(noCaSub), [noCaSub], [root])), ['not-a-ca']],
  ['a key usage without cert sign', signed(makeIntermediate(sub, { keyUsages: ['digital signature', 'crl sign'] })), ['key-usage-missing']],
  ['an extended key usage for clients only', signed(makeIntermediate(sub, { extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'] })), ['wrong-purpose']],
  ['a critical extension that nobody knows', signed(makeIntermediate(sub, { extraExtensions: [{ oid: '1.2.3.4', isCritical: true, der: new Uint8Array([5, 0]) }] })), ['unknown-critical-extension']],
  ['name constraints that leave room', signed(makeIntermediate(sub, { nameConstraints: { permittedUris: ['cluster.local'] } })), ['name-constraints']],
  ['name constraints that leave room for another trust domain', signed(makeIntermediate(sub, { nameConstraints: { permittedUris: ['.acme.example'] } })), ['name-constraints'], { trustDomain: 'mesh.acme.example' }],
  ['name constraints without room for the trust domain', signed(makeIntermediate(sub, { nameConstraints: { permittedUris: ['other.domain'] } })), ['name-constraints', 'workload-refused']],
  ['name constraints without room for a name of the intermediate itself', within(secretOf(makeIntermediate(dnsSub, { sans: [{ kind: 'dns', value: 'istiod.istio-system.svc' }] }), [dnsSub], [root])), ['name-constraints', 'workload-refused']],
  ['a CA that demands certificate policies', within(secretOf(makeIntermediate(policySub), [policySub], [root])), ['workload-refused']],
  ['a second root that verifiers cannot read', changed({ 'ca.crt': pems(root, oddRoot) }), ['unknown-critical-extension'], { isMultiRoot: true }],
  ['path length 0 one tier up', within(secretOf(makeIntermediate(narrowSub), [narrowSub], [root])), ['path-length']],
  ['the issuing CA before the intermediate', changed({ 'tls.crt': pems(sub, intermediate) }), ['shuffled-chain']],
  ['a root in tls.crt', changed({ 'tls.crt': pems(intermediate, sub, root) }), ['root-in-chain']],
  ['a stranger in tls.crt', changed({ 'tls.crt': pems(intermediate, sub, otherTree.sub) }), ['unused-certificate']],
  ['a certificate twice in tls.crt', changed({ 'tls.crt': pems(intermediate, sub, sub) }), ['unused-certificate']],
  ['the issuing CA missing', changed({ 'tls.crt': pems(intermediate) }), ['missing-intermediate']],
  ['a wrong root', changed({ 'ca.crt': pems(otherRoot) }), ['wrong-root']],
  ['a wrong root of the same name', changed({ 'ca.crt': pems(namesake) }), ['wrong-root']],
  ['the right root in tls.crt, another in ca.crt', changed({ 'tls.crt': pems(intermediate, sub, root), 'ca.crt': pems(otherRoot) }), ['root-in-chain', 'wrong-root']],
  ['the subordinate as root', changed({ 'tls.crt': pems(intermediate), 'ca.crt': pems(sub) }), ['subordinate-as-root']],
  ['the subordinate beside the root', changed({ 'ca.crt': pems(root, sub) }), ['subordinate-as-root']],
  ['a root that is no CA', within(secretOf(intermediate, [sub], [root, makeCertificate({ subject: 'no CA' })]), {}), ['root-is-no-ca', 'several-roots']],
  ['the root\'s own key in the cluster', within(secretOf(selfMade, [], [selfMade])), ['root-signs']],
  ['several roots', changed({ 'ca.crt': pems(root, secondRoot) }), ['several-roots']],
  ['an ended root beside the right one', changed({ 'ca.crt': pems(root, makeRoot('Old Root', old)) }), ['several-roots'], { isMultiRoot: true }],
  ['a root twice', changed({ 'ca.crt': pems(root, root) }), ['duplicate-roots']],
  ['an ended intermediate', within(secretOf(makeIntermediate(sub, old), [sub], [root])), ['expired']],
  ['an ended subordinate', within(secretOf(makeIntermediate(expiredSub), [expiredSub], [root])), ['expired']],
  ['an ended root', within(secretOf(makeIntermediate(subOfExpired), [subOfExpired], [expiredRoot])), ['expired']],
  ['an intermediate that starts later', signed(makeIntermediate(sub, later)), ['not-yet-valid']],
  ['less than the life of a workload certificate left', within(secretOf(makeIntermediate(sub, { notAfter: new Date(now.getTime() + 6 * hour) }), [sub], [root]), { renewBeforeMs: undefined }), ['ends-before-workloads']],
  ['a renewal that did not happen', within(secretOf(makeIntermediate(sub, { notAfter: new Date(now.getTime() + 20 * day) }), [sub], [root])), ['renewal-overdue']],
  ['a renewBefore shorter than the life of a workload certificate', within(good, { renewBeforeMs: 6 * hour }), ['renewed-too-late']],
  ['an intermediate that ends after its root', within(secretOf(makeIntermediate(shortRoot), [], [shortRoot])), ['outlives-its-issuer']],
  ['istiod\'s own mark', changed({ 'istio-generated': '' }), ['istio-generated']],
  ['the older key names beside tls.crt', changed({ 'ca-cert.pem': pems(intermediate), 'ca-key.pem': good['tls.key'] }), ['classic-keys']],
  ['a CRL where istiod does not read it', changed({ 'ca-crl.pem': 'x' }), ['crl-not-read']],
  ['istio-ca-root-cert with the old root', within(good, { handedOut: [{ namespace: 'istio-system', text: pems(otherRoot) }] }), ['old-root-handed-out']],
  ['istio-ca-root-cert with the old root besides', within(good, { handedOut: [{ namespace: 'istio-system', text: pems(root, otherRoot) }] }), ['old-root-handed-out']],
  ['an empty istio-ca-root-cert', within(good, { handedOut: [{ namespace: 'istio-system', text: '' }] }), ['old-root-handed-out']],
  ['one Secret in two clusters', [cluster('a', good), cluster('b', good)], ['mixed-up-clusters']],
  ['another cluster\'s key', [cluster('a', good), cluster('b', { ...goodOther, 'tls.key': keyOf(intermediate) })], ['key-mismatch', 'mixed-up-clusters']],
  ['another cluster\'s certificate', [cluster('a', good), cluster('b', { ...goodOther, 'tls.crt': good['tls.crt'] })], ['key-mismatch', 'mixed-up-clusters']],
  ['two clusters under two roots', [cluster('a', good), cluster('b', secretOf(otherTree.intermediate, [otherTree.sub], [otherTree.root]))], ['different-roots', 'peer-refuses']],
  ['an intermediate missing that another cluster has', [cluster('a', { ...good, 'tls.crt': pems(intermediate) }), cluster('b', goodOther)], ['missing-intermediate']],
  ['a root missing that another cluster has', [cluster('a', secretOf(makeIntermediate(root), [], [otherRoot])), cluster('b', goodOther)], ['different-roots', 'peer-refuses', 'wrong-root']],
  ['the intermediate among the roots', changed({ 'ca.crt': pems(root, intermediate) }), ['subordinate-as-root']],
];
