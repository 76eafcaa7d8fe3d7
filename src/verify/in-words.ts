// The sentences of the report that both the terminal and the page show: what is so where nothing was found.
import { describeDuration } from '../domain/duration.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Area, Level } from './finding.ts';
import { endOf, text } from './judge-dates.ts';
import { nameOf } from './judge-key.ts';
import { trueRoots } from './judge-roots.ts';
import { allFindings, renewalOf, type ClusterReport, type Report } from './report.ts';

export type Grade = Level | 'good';

export const marks: Readonly<Record<Grade, string>> = { good: '✓', warning: '▲', error: '✗' };

export const areaTitles: Readonly<Record<Area, string>> = {
  format: 'format', key: 'key', chain: 'chain', roots: 'roots', dates: 'dates', surroundings: 'around it', mesh: 'between clusters',
};

/** What holds in an area without findings; undefined where there is nothing to say. */
export function goodNews({ view }: ClusterReport, area: Area, now: Date): string | undefined {
  const { signing, path, root, chain, roots, input } = view;
  if (signing === undefined) return undefined;
  switch (area) {
    case 'format':
      return `${chain.name} and ${roots.name} are canonical PEM${view.layout === 'classic' ? ', in the older layout' : ''}`;
    case 'key':
      return `${view.keyName} belongs to ${nameOf(signing)} (${signing.publicKey.name})`;
    case 'chain':
      if (root === undefined) return undefined;
      return `${path.length} tiers, each signed by the next and allowed to: ${path.map(nameOf).join(' ← ')}`;
    case 'roots':
      return trueRoots(view).map((each) => `${nameOf(each)}, SHA-256 ${each.sha256.slice(0, 16)}…`).join('; ');
    case 'dates': {
      const end = endOf(path) ?? signing;
      const renewAt = renewalOf(view);
      const renewal = renewAt === undefined ? '' : `, renewed from ${day(renewAt)} on`;
      return `until ${text(end.notAfter)} (${remaining(end, now)})${renewal}`;
    }
    case 'surroundings':
      return input.handedOut.length === 0 ? 'nothing left over; istio-ca-root-cert was not seen' : `nothing left over, and istio-ca-root-cert hands out the same roots (${input.handedOut.map(({ namespace }) => namespace).join(', ')})`;
    case 'mesh':
      return undefined;
  }
}

export function verdict(report: Report): string {
  const findings = allFindings(report);
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  if (errors > 0) return `${count(errors, 'error')}${warnings > 0 ? ` and ${count(warnings, 'warning')}` : ''}: not good.`;
  const all = report.clusters.length === 1 ? 'This `cacerts` is good' : `${report.clusters.length === 2 ? 'Both' : `All ${report.clusters.length}`} clusters are good, and they accept each other`;
  return warnings > 0 ? `${all}, with ${count(warnings, 'warning')}.` : `${all}.`;
}

/** What a CA may do, and what key it has. */
export function kindOf({ isCA, pathLength, publicKey, isSelfSigned }: CertificateFacts): string {
  const what = isSelfSigned ? 'root' : isCA ? `CA${pathLength === undefined ? '' : `, path length ${pathLength}`}` : 'no CA';
  return `${what}, ${publicKey.name}`;
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Where most of many are meant, who is missing says more than all the names. */
export function clustersInWords(names: readonly string[], all: readonly string[]): string {
  const missing = all.filter((name) => !names.includes(name));
  if (all.length > 2 && missing.length === 0) return `all ${all.length} clusters`;
  return all.length > 5 && missing.length <= 2 ? `all but ${listed(missing)}` : names.join(', ');
}

export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** How long from now, or since when not any more. */
export function remaining({ notAfter }: CertificateFacts, now: Date): string {
  const leftMs = notAfter.getTime() - now.getTime();
  return leftMs > 0 ? `${span(leftMs)} left` : `ended ${span(-leftMs)} ago`;
}

const yearMs = 365.25 * 86_400_000;

function span(ms: number): string {
  return ms < 2 * yearMs ? describeDuration(ms) : `${Math.floor(ms / yearMs)} years`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
