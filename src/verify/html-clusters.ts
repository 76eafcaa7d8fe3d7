// Each cluster by itself: one line that says how it stands in every area, and below it why. Open where there is something to read.
import type { Area, Finding } from './finding.ts';
import { html, type Markup } from './html.ts';
import { areaTitles, goodNews, marks, type Grade } from './in-words.ts';
import { clusterAreas, type ClusterReport, type Report } from './report.ts';

/** More than these are shown closed where nothing was found. */
const fewClusters = 3;

export function clusterCards({ clusters, now }: Report): Markup {
  return html`<div class="clusters">${clusters.map((cluster, index) => card(cluster, index, { now, isOpen: clusters.length <= fewClusters || cluster.findings.length > 0 }))}</div>`;
}

function card(cluster: ClusterReport, index: number, { now, isOpen }: { readonly now: Date; readonly isOpen: boolean }): Markup {
  const rows = clusterAreas.flatMap((area) => {
    const findings = cluster.findings.filter((finding) => finding.area === area);
    if (findings.length > 0) return findings.map((finding) => row(finding.level, areaTitles[area], findingText(finding)));
    const news = goodNews(cluster, area, now);
    return news === undefined ? [] : [row('good', areaTitles[area], html`${news}`)];
  });
  const lights = clusterAreas.map((area) => light(gradeOf(cluster, area, now), areaTitles[area]));
  const content = html`<summary><h3>${cluster.name}</h3><span class="lights">${lights}</span></summary><ul class="checks" role="list">${rows}</ul>`;
  const id = `cluster-${index + 1}`;
  return isOpen ? html`<details class="card" id="${id}" open>${content}</details>` : html`<details class="card" id="${id}">${content}</details>`;
}

/** undefined: nothing can be said. */
function gradeOf(cluster: ClusterReport, area: Area, now: Date): Grade | undefined {
  const levels = cluster.findings.filter((finding) => finding.area === area).map(({ level }) => level);
  if (levels.length > 0) return levels.includes('error') ? 'error' : 'warning';
  return goodNews(cluster, area, now) === undefined ? undefined : 'good';
}

function light(grade: Grade | undefined, title: string): Markup {
  return html`<span class="light ${grade ?? 'unknown'}">${grade === undefined ? html`<span role="img" aria-label="unknown">–</span>` : mark(grade)} ${title}</span>`;
}

export function mark(grade: Grade): Markup {
  return html`<span class="${grade}" role="img" aria-label="${grade}">${marks[grade]}</span>`;
}

function row(grade: Grade, title: string, content: Markup): Markup {
  return html`<li>${mark(grade)}<span class="soft">${title}</span><div class="finding">${content}</div></li>`;
}

function findingText({ name, level, what, todo }: Finding): Markup {
  return html`<p class="${level}"><code>${name}</code></p><p>${what}</p><p class="todo">→ ${todo}</p>`;
}
