// The report, for people on a terminal and for programs.
import type { Finding, Weight } from './finding.ts';
import type { Inventory } from './judge-cluster.ts';

export interface Report {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
  /** What could not be looked at: a sentence each. */
  readonly blind: readonly string[];
}

const titles: Readonly<Record<Weight, string>> = {
  stops: 'Stops working unless you act',
  differs: 'Goes on, but otherwise, or wants a decision',
};
const width = 118;
/** How the API server refuses what nobody has allowed. */
const forbidden = ': 403 ';

/** @param colours whether escape sequences may be used: on a terminal. */
export function renderPage({ inventory, findings, blind }: Report, colours: boolean): string {
  const paint = (code: number, text: string): string => (colours ? `\u001B[${code}m${text}\u001B[0m` : text);
  const section = (weight: Weight): readonly string[] => {
    const chosen = findings.filter((finding) => finding.weight === weight);
    if (chosen.length === 0) return [];
    return [paint(1, `${titles[weight]} (${chosen.length})`), '', ...chosen.flatMap((finding) => [...entry(finding, weight === 'stops' ? 31 : 33), ''])];
  };
  const entry = ({ kind, about, what, todo, command }: Finding, colour: number): readonly string[] => [
    `  ${paint(colour, '●')} ${paint(1, about)}  ${paint(2, kind)}`,
    ...wrapped(what, '    '),
    ...wrapped(`→ ${todo}`, '    '),
    ...(command === undefined ? [] : [`      ${paint(36, command)}`]),
  ];
  const rights = blind.some((each) => each.includes(forbidden)) ? wrapped('→ the right to look is config/samples/preflight-clusterrole.yaml: apply it, and bind it to whoever runs this', '  ') : [];
  const unseen = blind.length === 0 ? [] : [paint(1, `Could not be looked at (${blind.length})`), '', ...blind.flatMap((each) => wrapped(each, '  ')), ...rights, ''];
  return ['Before pca-issuer takes over from aws-privateca-issuer', `  ${describeInventory(inventory)}`, '', ...section('stops'), ...section('differs'), ...unseen, verdict(findings, blind)].join('\n');
}

export function renderJson({ inventory, findings, blind }: Report): string {
  return JSON.stringify({ inventory, findings: findings.map((finding) => ({ ...finding, command: finding.command ?? null })), couldNotLook: blind }, null, 2);
}

/** 0: nothing to do; 1: findings; 2: not all could be looked at. */
export function exitCodeOf({ findings, blind }: Report): 0 | 1 | 2 {
  if (blind.length > 0) return 2;
  return findings.length > 0 ? 1 : 0;
}

function verdict(findings: readonly Finding[], blind: readonly string[]): string {
  if (blind.length > 0) return 'This is not the whole picture.';
  if (findings.length === 0) return 'Nothing to do: everything goes on as it is.';
  return 'What is not named here goes on as it is. The way there and back: docs/guides/migrate-from-aws-privateca-issuer.md';
}

function describeInventory(found: Inventory): string {
  const requests = `${found.issued} issued, ${found.pending} pending (${found.ordered} of them ordered already), ${found.failed} failed`;
  return `${found.clusterIssuers} AWSPCAClusterIssuers, ${found.issuers} AWSPCAIssuers, ${found.certificates} Certificates, CertificateRequests: ${requests}`;
}

function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width && line.trim() !== '') {
      lines.push(line);
      line = `${indent}${text.startsWith('→') ? '  ' : ''}`;
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
