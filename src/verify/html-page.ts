// The report as one self-contained page: verdict, trust tree, timeline, each cluster, the clusters among each other.
import type { Finding } from './finding.ts';
import { clusterCards } from './html-clusters.ts';
import { meshSection } from './html-mesh.ts';
import { style } from './html-style.ts';
import { timeline } from './html-timeline.ts';
import { trustForest } from './html-tree.ts';
import { html, type Markup } from './html.ts';
import { day, listed, marks, verdict } from './in-words.ts';
import { endOf } from './judge-dates.ts';
import { trueRoots } from './judge-roots.ts';
import { distinct } from './look-at-secret.ts';
import { allFindings, exitCodeOf, renewalOf, type Report } from './report.ts';

export function renderHtmlPage(report: Report): string {
  const title = `Trust of ${report.clusters.length > 3 ? `${report.clusters.length} clusters` : listed(report.clusters.map(({ name }) => name))}`;
  const body = html`${pageHeader(report, title)}
<main>
<section aria-labelledby="below"><h2 id="below">Who stands below whom</h2><div class="card">${trustForest(report)}</div></section>
<section aria-labelledby="until"><h2 id="until">Until when</h2><div class="card">${timeline(report)}</div></section>
<section aria-labelledby="each"><h2 id="each">Each cluster</h2>${clusterCards(report)}</section>
${meshSection(report)}
</main>
<footer><p>A picture of one moment. It holds no private key.</p></footer>`;
  const head = html`<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title>`;
  return `<!doctype html>\n<html lang="en"><head>${head.markup}<style>${style}</style></head><body>${body.markup}</body></html>\n`;
}

function pageHeader(report: Report, title: string): Markup {
  const grade = exitCodeOf(report) === 1 ? 'error' : allFindings(report).length > 0 ? 'warning' : 'good';
  const { now } = report;
  return html`<header><p class="soft">pca-issuer verify, <time datetime="${now.toISOString()}">${now.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></p>
<h1>${title}</h1><p class="verdict ${grade}"><span aria-hidden="true">${marks[grade]}</span> ${verdict(report)}</p>
${findingLinks(report)}<dl class="facts">${facts(report).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

/** What is wrong stands at the top, by name, and leads to where it is explained. */
function findingLinks({ clusters, mesh }: Report): Markup | undefined {
  const own = clusters.flatMap(({ name, findings }, index) => firstOfEachName(findings).map((finding) => ({ finding, where: name, target: `#cluster-${index + 1}` })));
  // Ten clusters have ninety ways.
  const links = [...own, ...firstOfEachName(mesh).map((finding) => ({ finding, where: finding.about, target: '#mesh' }))];
  if (links.length === 0) return undefined;
  const ordered = [...links.filter(({ finding }) => finding.level === 'error'), ...links.filter(({ finding }) => finding.level !== 'error')];
  return html`<nav aria-label="Findings"><ul role="list">${ordered.map(({ finding: { level, name }, where, target }) => html`<li><a href="${target}"><span class="${level}" aria-hidden="true">${marks[level]}</span> <code>${name}</code> <span class="soft">${where}</span></a></li>`)}</ul></nav>`;
}

function firstOfEachName(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ name }, index) => findings.findIndex((each) => each.name === name) === index);
}

function facts({ clusters, now }: Report): readonly (readonly [term: string, value: string])[] {
  const roots = distinct(clusters.flatMap(({ view }) => trueRoots(view))).length;
  const first = (dates: readonly (Date | undefined)[]): Date | undefined => dates.flatMap((each) => each ?? []).toSorted((left, right) => left.getTime() - right.getTime())[0];
  const renewal = first(clusters.map(({ view }) => renewalOf(view)));
  const end = first(clusters.map(({ view }) => endOf(view.path)?.notAfter));
  return [
    [clusters.length === 1 ? 'cluster' : 'clusters', String(clusters.length)],
    [roots === 1 ? 'root' : 'roots', String(roots)],
    ...(renewal === undefined ? [] : [[renewal <= now ? 'renewal due since' : 'next renewal', day(renewal)] as const]),
    ...(end === undefined ? [] : [['first to end', day(end)] as const]),
  ];
}
