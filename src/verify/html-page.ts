// The report as one self-contained page: verdict, trust tree, timeline, each cluster, the clusters among each other.
import type { Finding } from './finding.ts';
import { style } from './html-style.ts';
import { timeline } from './html-timeline.ts';
import { html, type Markup } from './html.ts';
import { areaTitles, day, goodNews, kindOf, remaining, verdict } from './in-words.ts';
import { text } from './judge-dates.ts';
import { nameOf } from './judge-key.ts';
import type { Passage } from './judge-mesh.ts';
import { allFindings, clusterAreas, exitCodeOf, type ClusterReport, type Report } from './report.ts';
import { trustTree, type TrustNode } from './trust-tree.ts';

const marks = { good: '✓', warning: '▲', error: '✗' } as const;

export function renderHtmlPage(report: Report): string {
  const { clusters, now } = report;
  const grade = exitCodeOf(report) === 1 ? 'error' : allFindings(report).length > 0 ? 'warning' : 'good';
  const names = clusters.map(({ name }) => name).join(', ');
  const body = html`<main>
<header><h1>Trust of ${names}</h1><p class="soft">pca-issuer verify, ${text(now)}</p><p class="verdict ${grade}">${marks[grade]} ${verdict(report)}</p></header>
<section><h2>Who stands below whom</h2><div class="card"><ul class="tree">${trustTree(report).map((node) => treeNode(node, now))}</ul></div></section>
<section><h2>Until when</h2><div class="card">${timeline(report)}</div></section>
<section><h2>Each cluster</h2><div class="clusters">${clusters.map((cluster) => clusterCard(cluster, now))}</div></section>
${meshSection(report)}
</main>`;
  const head = html`<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Trust of ${names}</title>`;
  return `<!doctype html>\n<html lang="en"><head>${head.markup}<style>${style}</style></head><body>${body.markup}</body></html>\n`;
}

function treeNode({ certificate, signsFor, trustedBy, children }: TrustNode, now: Date): Markup {
  const tags = [...signsFor.map((name) => `signs for ${name}`), ...trustedBy.map((name) => `trusted by ${name}`)];
  return html`<li><span class="name">${nameOf(certificate)}</span> ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}
<p class="${certificate.notAfter <= now ? 'error' : 'soft'}">${kindOf(certificate)}, until ${day(certificate.notAfter)} (${remaining(certificate, now)})</p>
<p class="soft">serial <code>${certificate.serial}</code>, SHA-256 <code>${certificate.sha256.slice(0, 32)}…</code></p>${children.length === 0 ? undefined : html`<ul>${children.map((child) => treeNode(child, now))}</ul>`}</li>`;
}

function clusterCard(cluster: ClusterReport, now: Date): Markup {
  const rows = clusterAreas.flatMap((area) => {
    const findings = cluster.findings.filter((finding) => finding.area === area);
    if (findings.length > 0) return findings.map((finding) => row(finding.level, areaTitles[area], findingText(finding)));
    const news = goodNews(cluster, area, now);
    return news === undefined ? [] : [row('good', areaTitles[area], html`${news}`)];
  });
  return html`<article class="card"><h3>${cluster.name}</h3><ul class="checks">${rows}</ul></article>`;
}

function row(grade: keyof typeof marks, title: string, content: Markup): Markup {
  return html`<li><span class="${grade}" aria-label="${grade}">${marks[grade]}</span><span class="soft">${title}</span><div class="finding">${content}</div></li>`;
}

function findingText({ name, level, what, todo }: Finding): Markup {
  return html`<p class="${level}"><code>${name}</code></p><p>${what}</p><p class="todo">→ ${todo}</p>`;
}

function meshSection({ passages, mesh }: Report): Markup | undefined {
  if (passages.length === 0) return undefined;
  const rows = [...passages.filter(({ result }) => result !== 'refused').map(passageRow), ...mesh.map((finding) => meshRow(finding.level, finding.about, findingText(finding)))];
  return html`<section><h2>Between the clusters</h2><div class="card"><ul class="checks mesh">${rows}</ul></div></section>`;
}

function passageRow({ from, to, result, why }: Passage): Markup {
  const way = `${from} → ${to}`;
  if (result === 'accepted') return meshRow('good', way, html`a workload certificate of ${from}, made for this, is accepted by ${to}, and refused under a strange root`);
  return meshRow('warning', way, html`not tried: ${why}`);
}

function meshRow(grade: keyof typeof marks, way: string, content: Markup): Markup {
  return html`<li><span class="${grade}" aria-label="${grade}">${marks[grade]}</span><div class="finding"><strong>${way}</strong> ${content}</div></li>`;
}
