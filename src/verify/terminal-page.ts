// The report for people on a terminal: the trust tree, then each cluster, then the clusters among each other.
import type { Finding, Level } from './finding.ts';
import { areaTitles, clustersInWords, day, goodNews, kindOf, marks, remaining, verdict } from './in-words.ts';
import { nameOf } from './judge-key.ts';
import type { Passage } from './judge-mesh.ts';
import { clusterAreas, exitCodeOf, type ClusterReport, type Report } from './report.ts';
import { trustTree, type TrustNode } from './trust-tree.ts';

const width = 118;
type Paint = (colour: keyof typeof codes, text: string) => string;
const codes = { bold: 1, faint: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

interface Look {
  readonly now: Date;
  readonly clusters: readonly string[];
  readonly paint: Paint;
}

/** @param hasColours  whether escape sequences may be used: on a terminal. */
export function renderTerminalPage(report: Report, hasColours: boolean): string {
  const paint: Paint = (colour, text) => (hasColours ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text);
  const look = { now: report.now, clusters: report.clusters.map(({ name }) => name), paint };
  const trees = trustTree(report).flatMap((node) => [...branch(node, '', '', look), '']);
  const mesh = meshLines(report, paint);
  const sum = verdict(report);
  return [
    ...trees,
    ...report.clusters.flatMap((cluster) => [...clusterLines(cluster, report.now, paint), '']),
    ...(mesh.length === 0 ? [] : [paint('bold', 'between the clusters'), ...mesh, '']),
    exitCodeOf(report) === 0 ? paint('green', sum) : paint('red', sum),
  ].join('\n');
}

/** @param arm  what stands before this line; @param margin  what stands before those below it */
function branch({ certificate, signsFor, trustedBy, children }: TrustNode, arm: string, margin: string, look: Look): readonly string[] {
  const { now, clusters, paint } = look;
  const roles = [...(signsFor.length === 0 ? [] : [`signs for ${clustersInWords(signsFor, clusters)}`]), ...(trustedBy.length === 0 ? [] : [`trusted by ${clustersInWords(trustedBy, clusters)}`])];
  const isOver = certificate.notAfter <= now;
  const facts = `${kindOf(certificate)}, until ${day(certificate.notAfter)} (${remaining(certificate, now)})`;
  const below = `${margin}${children.length === 0 ? ' ' : '│'}  `;
  return [
    `${paint('faint', arm)}${paint('bold', nameOf(certificate))}${roles.length === 0 ? '' : `  ${paint('cyan', roles.join('; '))}`}`,
    `${paint('faint', below)}${isOver ? paint('red', facts) : facts}`,
    paint('faint', `${below}serial ${certificate.serial}, SHA-256 ${certificate.sha256.slice(0, 32)}…`),
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return branch(child, `${margin}${isLast ? '└─ ' : '├─ '}`, `${margin}${isLast ? '   ' : '│  '}`, look);
    }),
  ];
}

function clusterLines(cluster: ClusterReport, now: Date, paint: Paint): readonly string[] {
  const lines = clusterAreas.flatMap((area) => {
    const findings = cluster.findings.filter((finding) => finding.area === area);
    if (findings.length > 0) return findings.flatMap((finding) => findingLines(finding, areaTitles[area], paint));
    const news = goodNews(cluster, area, now);
    return news === undefined ? [] : entry(paint('green', '✓'), areaTitles[area], news);
  });
  return [paint('bold', cluster.name), ...lines];
}

const titleWidth = 9;

function entry(mark: string, title: string, text: string): readonly string[] {
  const [first = '', ...rest] = wrapped(text, width - titleWidth - 6);
  return [`  ${mark} ${title.padEnd(titleWidth)}  ${first}`, ...rest.map((line) => `${' '.repeat(titleWidth + 6)}${line}`)];
}

function markOf(level: Level): readonly ['red' | 'yellow', string] {
  return [level === 'error' ? 'red' : 'yellow', marks[level]];
}

function findingLines({ level, name, what, todo }: Finding, title: string, paint: Paint): readonly string[] {
  const [colour, mark] = markOf(level);
  const indent = ' '.repeat(titleWidth + 6);
  return [
    `  ${paint(colour, mark)} ${title.padEnd(titleWidth)}  ${paint(colour, name)}`,
    ...wrapped(what, width - indent.length).map((line) => `${indent}${line}`),
    ...wrapped(`→ ${todo}`, width - indent.length).map((line, index) => `${indent}${index === 0 ? '' : '  '}${line}`),
  ];
}

/** One line for each cluster, and what was found once for each name: ten clusters have ninety ways. */
function meshLines({ passages, mesh }: Report, paint: Paint): readonly string[] {
  if (passages.length === 0) return [];
  const accepted = passages.filter(({ result }) => result === 'accepted');
  const ways = [...new Set(accepted.map(({ from }) => from))].map((from) => `${from} → ${accepted.filter((each) => each.from === from).map(({ to }) => to).join(', ')}`);
  const proof = '✓: a workload certificate of the left, made for this, is accepted on the right and refused under a strange root';
  return [
    ...(ways.length === 0 ? [] : wrapped(proof, width - 2).map((line) => paint('faint', `  ${line}`))),
    ...ways.flatMap((way) => hanging(`  ${paint('green', '✓')} `, way)),
    ...notTriedLines(passages.filter(({ result }) => result === 'not-tried'), paint),
    ...[...new Set(mesh.map(({ name }) => name))].flatMap((name) => foundLines(mesh.filter((each) => each.name === name), paint)),
  ];
}

function notTriedLines(passages: readonly Passage[], paint: Paint): readonly string[] {
  const groups = Map.groupBy(passages, ({ from, why }) => `${from} ${why ?? ''}`);
  return [...groups.values()].flatMap((group) => group.slice(0, 1).flatMap(({ from, why }) => entry(paint('faint', '–'), `${from} → ${group.map(({ to }) => to).join(', ')}`, `not tried: ${why ?? ''}`)));
}

/** Told in full; of more, where else. */
const fullSentences = 2;

/** @param findings  of one name */
function foundLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  if (others.length === 0) return findingLines(first, first.about, paint);
  const indent = ' '.repeat(titleWidth + 6);
  const [colour, mark] = markOf(first.level);
  const more = findings.slice(fullSentences);
  return [
    `  ${paint(colour, mark)} ${paint(colour, first.name)}`,
    ...findings.slice(0, fullSentences).flatMap(({ what }) => hanging(indent, what)),
    ...(more.length === 0 ? [] : hanging(indent, `and ${more.length} more: ${more.map(({ about }) => about).join('; ')}`)),
    ...[...new Set(findings.map(({ todo }) => todo))].flatMap((todo) => hanging(indent, `→ ${todo}`)),
  ];
}

/** Further lines stand below the text of the first. */
function hanging(start: string, text: string): readonly string[] {
  const margin = start.trim() === '' ? start : '    ';
  return wrapped(text, width - margin.length).map((line, index) => `${index === 0 ? start : margin}${line}`);
}

function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
