// Who stands below whom: nested lists, so that a screen reader tells the depth, drawn as a tree.
import { html, type Markup } from './html.ts';
import { clustersInWords, day, kindOf, remaining } from './in-words.ts';
import { nameOf } from './judge-key.ts';
import type { Report } from './report.ts';
import { trustTree, type TrustNode } from './trust-tree.ts';

export function trustForest(report: Report): Markup {
  const nodes = trustTree(report);
  if (nodes.length === 0) return html`<p class="soft">No certificate could be read.</p>`;
  return html`<ul class="tree" role="list">${nodes.map((node) => branch(node, report))}</ul>`;
}

function branch({ certificate, signsFor, trustedBy, children }: TrustNode, report: Report): Markup {
  const { now, clusters } = report;
  const names = clusters.map(({ name }) => name);
  const isOver = certificate.notAfter <= now;
  const tags = [
    signsFor.length === 0 ? undefined : html`<span class="tag signs">signs for ${clustersInWords(signsFor, names)}</span>`,
    trustedBy.length === 0 ? undefined : html`<span class="tag">trusted by ${clustersInWords(trustedBy, names)}</span>`,
  ];
  const kind = isOver ? 'over' : certificate.isSelfSigned ? 'root' : signsFor.length > 0 ? 'issuing' : 'between';
  return html`<li><div class="node ${kind}"><p><span class="name">${nameOf(certificate)}</span> ${tags.flatMap((tag) => tag ?? [])}</p>
<div class="more"><p class="${isOver ? 'error' : 'soft'}">${kindOf(certificate)}, until ${day(certificate.notAfter)} (${remaining(certificate, now)})</p>
<details><summary>Serial and fingerprint<span class="unseen"> of ${nameOf(certificate)}</span></summary><dl class="ids"><dt>serial</dt><dd><code>${certificate.serial}</code></dd><dt>SHA-256</dt><dd><code>${certificate.sha256}</code></dd><dt>issuer</dt><dd>${certificate.issuer}</dd></dl></details></div></div>${children.length === 0 ? undefined : html`<ul role="list">${children.map((child) => branch(child, report))}</ul>`}</li>`;
}
