// Do the CAs above a certificate allow it, and what it will sign? Says what Go's crypto/x509 says, which istiod asks of its
// certificate when it loads it; where peers are stricter (URIs, RFC 5280 4.2.1.10), what they say.
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Constraints, NameRule } from '../pki/constraints.ts';
import type { GeneralName } from '../pki/general-name.ts';

/** One certificate of the way up; of the lowest one, which may not be signed yet, what it will be. */
export interface Tier extends Pick<CertificateFacts, 'subject' | 'serial' | 'isCA' | 'isSelfSigned' | 'sans' | 'constraints'> {
  /** Its issuer has the same name, as when a CA changes its key; such a one is not counted. */
  readonly isSelfIssued: boolean;
}

export interface Hindrance {
  /** A sentence without its end. */
  readonly what: string;
  readonly cure: string;
  /** Other verifiers may well do without: enough against a CA, which istiod would load, not against a leaf. */
  readonly isForGo: boolean;
}

export const unconstrained: Constraints = { permitted: [], excluded: [], policiesAfter: undefined, hasPolicies: false, unreadable: undefined, unheeded: undefined };

/** rustls compares no more, and BoringSSL and OpenSSL four times as much: whoever writes more rules has no chain that all accept. */
const mostComparisons = 250_000;
/** Of a question that nobody else asks: a CA that names hundreds of trust domains has room for some. */
const mostForRoom = 25_000;

/** Tried for workloads of a trust domain that nobody knows yet. */
const someDomain = 'some.trust.domain';
const elsewhere = 'name a CA in spec.arn whose chain does without';

export function tierOf({ subject, serial, isCA, isSelfSigned, sans, constraints, rawSubject, rawIssuer }: CertificateFacts): Tier {
  return { subject, serial, isCA, isSelfSigned, sans, constraints, isSelfIssued: rawSubject === rawIssuer };
}

/**
 * What keeps verifiers from accepting the certificate or, where it is a CA's, the workloads below it.
 * @param above  issuing CA first, up to the root where there is one
 */
export function hindrancesOf(leaf: Tier, above: readonly Tier[]): readonly Hindrance[] {
  const way = [leaf, ...above];
  const closed = leaf.isCA ? way.findIndex((_, at) => !canNameWorkloads(way.slice(0, at + 1))) : -1;
  let comparisons = 0;
  return way.flatMap((tier, at) => {
    const { unreadable, unheeded, permitted, excluded } = tier.constraints;
    const isRoot = at > 0 && at === above.length && tier.isSelfSigned;
    const place = at === 0 ? 'the certificate itself' : `${tier.subject} (serial ${tier.serial})`;
    const found: Hindrance[] = [];
    const find = (what: string, cure: string, isForGo = false): void => void found.push({ what, cure: at === 0 ? 'ask for a certificate without' : cure, isForGo });
    if (unreadable !== undefined) find(`Go's crypto/x509, and so istiod and cert-manager, cannot read the ${unreadable} of ${place}`, elsewhere, isRoot && unreadable !== 'name constraints');
    if (unheeded !== undefined) find(`Go's crypto/x509, and so istiod, refuses the ${unheeded} of ${place}`, elsewhere, true);
    if (demandsPolicies(way, at)) find(`${place} demands certificate policies of those below it, which would carry none: istiod and its proxies refuse them`, elsewhere, true);
    const below = way.slice(0, at).flatMap(({ sans }) => sans);
    comparisons += below.length * (permitted.length + excluded.length);
    if (comparisons > mostComparisons) find(`the name constraints of ${place} are too many to compare with the names below it: verifiers give up`, elsewhere);
    const names = comparisons > mostComparisons ? [] : below.filter((each) => !allowsName(tier.constraints, each));
    for (const isForGo of [false, true]) {
      const name = names.find(({ kind, value }) => (textOf(kind, value) === undefined) === isForGo);
      if (name !== undefined) find(`the name constraints of ${place} do not allow the ${words[name.kind]} ${name.value}`, `ask for other names, or ${elsewhere}`, isForGo);
    }
    if (at === closed) find(`the name constraints of ${place} leave no room for any spiffe:// URI: peers would refuse every workload`, elsewhere);
    return found;
  });
}

const words: Readonly<Record<GeneralName['kind'], string>> = { dns: 'DNS name', uri: 'URI', email: 'email address', ip: 'IP address', other: 'name' };

/** The first that speaks against this certificate, with what to do. */
export function constraintFault(leaf: Tier, above: readonly Tier[]): string | undefined {
  const first = hindrancesOf(leaf, above).find(({ isForGo }) => leaf.isCA || !isForGo);
  return first && `${first.what}; ${first.cure}`;
}

/**
 * RFC 5280 6.1, as far as it matters where the lowest certificate carries no policies: those that a CA of ours signs never
 * do. What a trust anchor says does not count.
 */
function demandsPolicies(way: readonly Tier[], at: number): boolean {
  const [leaf] = way;
  const { constraints, isSelfSigned } = way[at] ?? {};
  if (leaf === undefined || constraints?.policiesAfter === undefined || (at === way.length - 1 && isSelfSigned === true)) return false;
  if (!leaf.isCA && (at === 0 || leaf.constraints.hasPolicies)) return false;
  const between = way.slice(leaf.isCA ? 0 : 1, at).filter(({ isSelfIssued }) => !isSelfIssued).length;
  return constraints.policiesAfter <= between + 1;
}

/** Some name passes exactly if one of these does: the domains that are named, one below each, and one that is not named. */
function canNameWorkloads(tiers: readonly Tier[]): boolean {
  const permitted = tiers.flatMap(({ constraints }) => constraints.permitted).filter(({ kind }) => kind === 'uri');
  const rules = tiers.reduce((count, { constraints }) => count + constraints.permitted.length + constraints.excluded.length, 0);
  if ((1 + 2 * permitted.length) * rules > mostForRoom) return true;
  const bases = permitted.map(({ base }) => base);
  const domains = [someDomain, ...bases.flatMap((base) => [base, `${someDomain}${base.startsWith('.') ? '' : '.'}${base}`])];
  return domains.some((domain) => tiers.every(({ constraints }) => allowsName(constraints, { kind: 'uri', value: `spiffe://${domain}/ns` })));
}

/** Whether such a name may stand below the CA. A URI means its host, as SPIFFE's trust domain. */
function allowsName({ permitted, excluded }: Constraints, { kind, value }: GeneralName): boolean {
  if (kind === 'other' || permitted.length + excluded.length === 0) return true;
  const text = textOf(kind, value);
  if (text === undefined) return false;
  const wanted = permitted.filter((rule) => rule.kind === kind);
  return (wanted.length === 0 || wanted.some((rule) => matches(rule, text, false))) && !excluded.some((rule) => rule.kind === kind && matches(rule, text, true));
}

/** What of a name is compared; undefined where Go finds nothing, and refuses the name whatever the constraints are. */
function textOf(kind: GeneralName['kind'], value: string): string | undefined {
  switch (kind) {
    case 'uri': {
      const host = (/^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/:?#]*)/i.exec(value)?.[1] ?? '').toLowerCase();
      return host === '' || !isDomain(host) || /^\[|^\d+(?:\.\d+){3}$/.test(host) ? undefined : host;
    }
    case 'email': {
      const [, local, host = ''] = /^(.+)@([^@]*)$/.exec(value) ?? [];
      return local === undefined || !isDomain(host) ? undefined : `${local}@${host.toLowerCase()}`;
    }
    case 'dns':
      return isDomain(value) ? value.toLowerCase() : undefined;
    case 'ip':
      return bitsOf(value);
    case 'other':
      return value;
  }
}

function isDomain(text: string): boolean {
  return text === '' || text.split('.').every((label) => label !== '');
}

/**
 * Of URIs and email addresses a permitted domain means exactly that host, as RFC 5280 and proxies have it, and an excluded
 * one also those below it, as Go has it: what some verifier refuses is not allowed.
 */
function matches({ kind, base }: NameRule, text: string, isExcluded: boolean): boolean {
  if (kind === 'ip') return text.startsWith(base);
  if (kind === 'email' && base.includes('@')) return text === base;
  const host = kind === 'email' ? text.slice(text.lastIndexOf('@') + 1) : text;
  if (base === '' || host === base) return true;
  if (base.startsWith('.')) return host.endsWith(base);
  // A wildcard stands for what is excluded as well.
  if (kind === 'dns' && isExcluded && host.startsWith('*.') && base.includes('.') && base.slice(base.indexOf('.')) === host.slice(1)) return true;
  return (kind === 'dns' || isExcluded) && host.endsWith(`.${base}`);
}

/** As pki/constraints.ts writes ranges. */
function bitsOf(address: string): string {
  if (!address.includes(':')) return `4:${address.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0')).join('')}`;
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): readonly string[] => text.split(':').filter((group) => group !== '');
  const gap = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0');
  const all = address.includes('::') ? [...groups(head), ...gap, ...groups(tail)] : groups(head);
  return `6:${all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')}`;
}
