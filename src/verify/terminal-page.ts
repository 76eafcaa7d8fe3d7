// The report for people on a terminal: the trust tree, then each cluster, then the clusters among each other.
import { areaTitles, day, goodNews, kindOf, remaining, verdict } from './in-words.ts';
import type { Finding } from './finding.ts';
import { nameOf } from './judge-key.ts';
import type { Passage } from './judge-mesh.ts';
import { clusterAreas, exitCodeOf, type ClusterReport, type Report } from './report.ts';
import { trustTree, type TrustNode } from './trust-tree.ts';

const width = 118;
type Paint = (colour: keyof typeof codes, text: string) => string;
const codes = { bold: 1, faint: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** @param hasColours  whether escape sequences may be used: on a terminal. */
export function renderTerminalPage(report: Report, hasColours: boolean): string {
  const paint: Paint = (colour, text) => (hasColours ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text);
  const trees = trustTree(report).flatMap((node) => [...branch(node, '', '', report.now, paint), '']);
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
function branch({ certificate, signsFor, trustedBy, children }: TrustNode, arm: string, margin: string, now: Date, paint: Paint): readonly string[] {
  const roles = [...(signsFor.length === 0 ? [] : [`signs for ${signsFor.join(', ')}`]), ...(trustedBy.length === 0 ? [] : [`trusted by ${trustedBy.join(', ')}`])];
  const isOver = certificate.notAfter <= now;
  const facts = `${kindOf(certificate)}, until ${day(certificate.notAfter)} (${remaining(certificate, now)})`;
  const below = `${margin}${children.length === 0 ? ' ' : '│'}  `;
  return [
    `${paint('faint', arm)}${paint('bold', nameOf(certificate))}${roles.length === 0 ? '' : `  ${paint('cyan', roles.join('; '))}`}`,
    `${paint('faint', below)}${isOver ? paint('red', facts) : facts}`,
    paint('faint', `${below}serial ${certificate.serial}, SHA-256 ${certificate.sha256.slice(0, 32)}…`),
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return branch(child, `${margin}${isLast ? '└─ ' : '├─ '}`, `${margin}${isLast ? '   ' : '│  '}`, now, paint);
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

function findingLines({ level, name, what, todo }: Finding, title: string, paint: Paint): readonly string[] {
  const [colour, mark] = level === 'error' ? (['red', '✗'] as const) : (['yellow', '▲'] as const);
  const indent = ' '.repeat(titleWidth + 6);
  return [
    `  ${paint(colour, mark)} ${title.padEnd(titleWidth)}  ${paint(colour, name)}`,
    ...wrapped(what, width - indent.length).map((line) => `${indent}${line}`),
    ...wrapped(`→ ${todo}`, width - indent.length).map((line, index) => `${indent}${index === 0 ? '' : '  '}${line}`),
  ];
}

function meshLines({ passages, mesh }: Report, paint: Paint): readonly string[] {
  const passed = passages.filter(({ result }) => result !== 'refused').flatMap((passage) => passageLines(passage, paint));
  return [...passed, ...mesh.flatMap((finding) => findingLines(finding, finding.about, paint))];
}

function passageLines({ from, to, result, why }: Passage, paint: Paint): readonly string[] {
  const way = `${from} → ${to}`;
  if (result === 'accepted') return entry(paint('green', '✓'), way, `a workload certificate of ${from}, made for this, is accepted by ${to}, and refused under a strange root`);
  return entry(paint('faint', '–'), way, `not tried: ${why ?? ''}`);
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
