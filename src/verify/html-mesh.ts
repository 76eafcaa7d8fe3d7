// The clusters among each other: sentences where they are few, a table where they are many, and what was found, once for each name.
import type { Finding, FindingName } from './finding.ts';
import { mark } from './html-clusters.ts';
import { html, type Markup } from './html.ts';
import type { Grade } from './in-words.ts';
import type { Passage } from './judge-mesh.ts';
import type { Report } from './report.ts';

const fewClusters = 3;

export function meshSection(report: Report): Markup | undefined {
  const { passages, mesh, clusters } = report;
  if (passages.length === 0) return undefined;
  const names = [...new Set(mesh.map(({ name }) => name))];
  const found = names.map((name) => findingRow(name, mesh.filter((each) => each.name === name)));
  const isFew = clusters.length <= fewClusters;
  const ways = isFew ? passages.filter(({ result }) => result !== 'refused').map(passageRow) : [];
  const rows = [...found, ...ways];
  return html`<section id="mesh" aria-labelledby="between"><h2 id="between">Between the clusters</h2><div class="card">${isFew ? undefined : passageTable(report)}${rows.length === 0 ? undefined : html`<ul class="checks mesh" role="list">${rows}</ul>`}</div></section>`;
}

function passageRow({ from, to, result, why }: Passage): Markup {
  const way = `${from} → ${to}`;
  if (result === 'accepted') return meshRow('good', html`<strong>${way}</strong> a workload certificate of ${from}, made for this, is accepted by ${to}, and refused under a strange root`);
  return meshRow('warning', html`<strong>${way}</strong> not tried: ${why}`);
}

function findingRow(name: FindingName, findings: readonly Finding[]): Markup {
  const todos = [...new Set(findings.map(({ todo }) => todo))];
  const [first, ...others] = findings;
  if (first === undefined) return html``;
  const sentence = ({ about, what }: Finding): Markup => html`<p><strong>${about}</strong> ${what}</p>`;
  const rest = others.length > 2 ? html`<details><summary>${others.length} more</summary>${others.map(sentence)}</details>` : html`${others.map(sentence)}`;
  return meshRow(first.level, html`<p class="${first.level}"><code>${name}</code></p>${sentence(first)}${rest}${todos.map((todo) => html`<p class="todo">→ ${todo}</p>`)}`);
}

function meshRow(grade: Grade, content: Markup): Markup {
  return html`<li>${mark(grade)}<div class="finding">${content}</div></li>`;
}

/** Columns carry numbers, so that ten of them fit a telephone. */
function passageTable({ clusters, passages }: Report): Markup {
  const cell = (from: string, to: string): Markup => {
    if (from === to) return html`<td class="self"></td>`;
    const result = passages.find((each) => each.from === from && each.to === to)?.result;
    return html`<td title="${from} → ${to}">${result === 'accepted' ? mark('good') : result === 'refused' ? mark('error') : html`<span class="soft" role="img" aria-label="not tried">–</span>`}</td>`;
  };
  const head = clusters.map(({ name }, index) => html`<th scope="col" title="${name}" aria-label="${name}">${index + 1}</th>`);
  const rows = clusters.map(({ name: from }, index) => html`<tr><th scope="row"><span class="soft">${index + 1}</span> ${from}</th>${clusters.map(({ name: to }) => cell(from, to))}</tr>`);
  return html`<div class="scroll" role="region" aria-label="Who accepts whom" tabindex="0"><table><caption>A workload certificate of the cluster on the left, made for this, at the cluster above.</caption><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
