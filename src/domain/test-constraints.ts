// Test support: chains whose CAs forbid something, and what is said of each; hack/check holds the same ones against Go.
import type { GeneralName } from '../pki/general-name.ts';
import { makeCertificate, type TestCertificate, type TestCertificateOptions } from '../pki/test-certificates.ts';

type Changes = Omit<TestCertificateOptions, 'issuer'>;

export interface ConstrainedChain {
  readonly what: string;
  readonly leaf: TestCertificate;
  readonly subordinate: TestCertificate;
  readonly root: TestCertificate;
  /** Of a CA's certificate, and of a leaf that Go refuses; undefined where nothing speaks against it. */
  readonly says: RegExp | undefined;
  /** Peers would refuse what Go would take, or take what this tool tries with its own trust domain. */
  readonly isBeyondGo?: boolean;
}

const bytes = (tag: number, ...content: readonly Uint8Array[]): Uint8Array => ((all) => Uint8Array.from([tag, ...(all.length < 128 ? [all.length] : [0x81, all.length]), ...all]))(Buffer.concat(content));
const extension = (oid: string, der: Uint8Array, isCritical = true) => ({ oid, isCritical, der });
const extended = (...extraExtensions: readonly ReturnType<typeof extension>[]): Changes => ({ extraExtensions });
const number = (tag: number, value: number): Uint8Array => bytes(tag, Uint8Array.of(value));

/** A subtree: `dns x`, `uri x`, `email x`, `ip` with address and mask in hex, or `other` with DER in hex. */
export type Rule = readonly [kind: GeneralName['kind'], base: string];
const tags = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87, other: 0xa4 } as const;
const subtree = ([kind, base]: Rule): Uint8Array => bytes(0x30, bytes(tags[kind], Buffer.from(base, kind === 'ip' || kind === 'other' ? 'hex' : 'latin1')));

export function constraintsExtension({ permitted = [], excluded = [], isCritical = true }: { readonly permitted?: readonly Rule[]; readonly excluded?: readonly Rule[]; readonly isCritical?: boolean }) {
  const lists = [[0xa0, permitted] as const, [0xa1, excluded] as const];
  return extension('2.5.29.30', bytes(0x30, ...lists.filter(([, rules]) => rules.length > 0).map(([tag, rules]) => bytes(tag, ...rules.map(subtree)))), isCritical);
}

export const policyDemand = (after: number) => extension('2.5.29.36', bytes(0x30, number(0x80, after)));
/** Policy 1.2.3. */
const policies = extension('2.5.29.32', bytes(0x30, bytes(0x30, Uint8Array.of(6, 2, 0x2a, 3))), false);
const names = (...all: Parameters<typeof constraintsExtension>): Changes => extended(constraintsExtension(...all));
const sans = (...all: readonly (readonly [GeneralName['kind'], string])[]): Changes => ({ sans: all.map(([kind, value]) => ({ kind, value })) });

const root = makeCertificate({ subject: 'root', isCA: true });
/** Directory name CN=x. */
const directory: Rule = ['other', '300c310a300806035504030c0178'];

interface Tiers {
  readonly leaf?: Changes;
  readonly sub?: Changes;
  readonly top?: Changes;
}

export function chainOf(isCA: boolean, { leaf = {}, sub = {}, top }: Tiers): Pick<ConstrainedChain, 'leaf' | 'subordinate' | 'root'> {
  const above = top === undefined ? root : makeCertificate({ subject: 'root', isCA: true, ...top });
  const subordinate = makeCertificate({ subject: 'sub', isCA: true, issuer: above, ...sub });
  return { root: above, subordinate, leaf: makeCertificate({ subject: 'leaf', issuer: subordinate, ...(isCA ? { isCA, pathLength: 0 } : {}), ...leaf }) };
}

const chains = (isCA: boolean, table: readonly (readonly [what: string, tiers: Tiers, says?: RegExp | undefined, isBeyondGo?: 'beyond Go'])[]): readonly ConstrainedChain[] =>
  table.map(([what, tiers, says, isBeyondGo]) => ({ what, says, isBeyondGo: isBeyondGo !== undefined, ...chainOf(isCA, tiers) }));

/** What keeps a certificate from everybody, be it a CA's or not. */
const forAll: Parameters<typeof chains>[1] = [
  ['nothing', {}],
  ['room for its names', { leaf: sans(['dns', 'a.b.acme.example'], ['ip', '10.1.2.3'], ['email', 'A@acme.example']), top: names({ permitted: [['dns', 'acme.example'], ['ip', '0a000000ff000000'], ['email', 'acme.example']], excluded: [['dns', 'c.acme.example']] }) }],
  ['a DNS name that is not permitted', { leaf: sans(['dns', 'istiod.istio-system.svc']), sub: names({ permitted: [['dns', 'acme.example']] }) }, /of CN=sub \(serial .*\) do not allow the DNS name istiod\.istio-system\.svc; ask for other names, or name a CA/],
  ['a DNS name that the root excludes', { leaf: sans(['dns', 'a.acme.example']), top: names({ excluded: [['dns', 'acme.example']] }) }, /of CN=root \(serial .*\) do not allow the DNS name a\.acme\.example/],
  ['a wildcard over an excluded name', { leaf: sans(['dns', '*.acme.example']), top: names({ excluded: [['dns', 'a.acme.example']] }) }, /DNS name \*\.acme\.example/],
  ['subdomains only', { leaf: sans(['dns', 'acme.example']), top: names({ permitted: [['dns', '.acme.example']] }) }, /DNS name acme\.example/],
  ['an IP address outside the range', { leaf: sans(['ip', '11.1.2.3']), top: names({ permitted: [['ip', '0a000000ff000000']] }) }, /IP address 11\.1\.2\.3/],
  ['an IPv6 address where IPv4 is permitted', { leaf: sans(['ip', '2001:db8::1']), top: names({ permitted: [['ip', '0a000000ff000000']] }) }, /IP address 2001:db8::1/],
  ['an IPv6 address in an excluded range', { leaf: sans(['ip', '2001:db8::1']), top: names({ excluded: [['ip', `20010db8${'0'.repeat(24)}ffffffff${'0'.repeat(24)}`]] }) }, /IP address 2001:db8::1/],
  ['an email address of another domain', { leaf: sans(['email', 'a@b.example']), top: names({ permitted: [['email', 'acme.example']] }) }, /email address a@b\.example/],
  ['an excluded mailbox', { leaf: sans(['email', 'a@acme.example']), top: names({ excluded: [['email', 'a@acme.example']] }) }, /email address a@acme\.example/],
  ['an excluded URI below the host', { leaf: sans(['uri', 'https://a.acme.example/x']), top: names({ excluded: [['uri', 'acme.example']] }) }, /URI https:\/\/a\.acme\.example\/x/],
  ['a name of the issuing CA itself', { sub: sans(['dns', 'b.example']), top: names({ permitted: [['dns', 'acme.example']] }) }, /of CN=root .* do not allow the DNS name b\.example/],
  ['an IP range without a mask', { sub: names({ permitted: [['ip', '0a000000']] }) }, /cannot read the name constraints of CN=sub \(serial .*\); name a CA in spec\.arn whose chain does without/],
  ['an IP range with holes', { top: names({ permitted: [['ip', '0a000000ff00ff00']] }) }, /cannot read the name constraints of CN=root/],
  ['a domain with a point at its end', { top: names({ permitted: [['dns', 'acme.example.']] }) }, /cannot read the name constraints of CN=root/],
  ['a URI constraint that is an address', { top: names({ excluded: [['uri', '10.0.0.1']] }) }, /cannot read the name constraints of CN=root/],
  ['name constraints without any', { top: extended(extension('2.5.29.30', bytes(0x30))) }, /cannot read the name constraints of CN=root/],
  ['policy constraints that are a number', { sub: extended(extension('2.5.29.36', number(2, 0))) }, /cannot read the policy constraints of CN=sub/],
  ['the same policy twice', { sub: extended(extension('2.5.29.32', bytes(0x30, ...[1, 2].map(() => bytes(0x30, Uint8Array.of(6, 2, 0x2a, 3)))), false)) }, /cannot read the certificate policies of CN=sub/],
  ['a CRL named relative to its issuer', { sub: extended(extension('2.5.29.31', bytes(0x30, bytes(0x30, bytes(0xa0, bytes(0xa1)))), false)) }, /cannot read the CRL distribution points of CN=sub/],
];

export const caChains: readonly ConstrainedChain[] = chains(true, [
  ...forAll,
  ['policies from the issuing CA on', { sub: extended(policyDemand(0)) }, /: CN=sub \(serial .*\) demands certificate policies of those below it.*; name a CA in spec\.arn whose chain does without/],
  ['policies of workloads', { sub: extended(policyDemand(2)) }, /: CN=sub .* demands certificate policies/],
  ['policies below workloads, where nothing stands', { sub: extended(policyDemand(3)) }],
  ['policies that the intermediate carries and workloads will not', { leaf: extended(policies), sub: extended(policies, policyDemand(0)) }, /: CN=sub .* demands certificate policies/],
  ['policies demanded by the root, which does not count', { top: extended(policyDemand(0)) }],
  ['policies demanded by itself', { leaf: extended(policyDemand(0)) }, /: the certificate itself demands certificate policies .*; ask for a certificate without/],
  ['critical constraints on directory names', { top: names({ permitted: [directory] }) }, /refuses the critical name constraints on directory names of CN=root \(serial/],
  ['constraints on directory names that are not critical', { top: names({ permitted: [directory], isCritical: false }) }],
  ['a URI without a host', { leaf: sans(['uri', 'urn:uuid:1']), top: names({ permitted: [['dns', 'acme.example']] }) }, /do not allow the URI urn:uuid:1/],
  ['room for one trust domain', { top: names({ permitted: [['uri', 'cluster.local']] }) }],
  ['room for other trust domains', { top: names({ permitted: [['uri', '.acme.example'], ['uri', 'mesh']] }) }, undefined, 'beyond Go'],
  ['no URI at all', { top: names({ excluded: [['uri', '']] }) }, /of CN=root .* leave no room for any spiffe:\/\/ URI/],
  ['URIs of one CA that the other excludes', { sub: names({ permitted: [['uri', 'cluster.local']] }), top: names({ excluded: [['uri', 'local']] }) }, /of CN=root .* leave no room/],
  ['URIs in a host that is permitted twice and differently', { sub: names({ permitted: [['uri', 'a.example']] }), top: names({ permitted: [['uri', 'b.example']] }) }, /of CN=root .* leave no room/],
  ['URIs only below a host that stands alone', { sub: names({ permitted: [['uri', '.cluster.local']] }), top: names({ permitted: [['uri', 'cluster.local']] }) }, /of CN=root .* leave no room/],
]);

export const leafChains: readonly ConstrainedChain[] = chains(false, [
  ...forAll,
  ['no URI at all, and it has none', { top: names({ excluded: [['uri', '']] }) }],
  ['policies that it carries', { leaf: extended(policies), sub: extended(policies, policyDemand(0)) }],
]);

/** Others than Go may take these leaves. */
export const leavesRefusedByGo: readonly ConstrainedChain[] = chains(false, [
  ['critical constraints on directory names', { sub: names({ excluded: [directory] }) }, /refuses the critical name constraints on directory names of CN=sub/],
  ['policies from the issuing CA on', { sub: extended(policyDemand(1)) }, /CN=sub .* demands certificate policies/],
  ['a URI without a host', { leaf: sans(['uri', 'urn:uuid:1']), top: names({ permitted: [['dns', 'acme.example']] }) }, /do not allow the URI urn:uuid:1/],
  ['a root whose key identifier is critical, which is not in the chain that is published', { top: { withoutKeyIdentifiers: true, ...extended(extension('2.5.29.14', bytes(4, Uint8Array.of(1)))) } }, /cannot read the subject key identifier of CN=root/],
]);
