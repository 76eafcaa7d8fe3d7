// Until when does everything hold? A bar for each certificate on the way, cut where the longest intermediate has long ended.
import type { CertificateFacts } from '../pki/certificate.ts';
import { html, type Markup } from './html.ts';
import { clustersInWords, day, remaining } from './in-words.ts';
import { nameOf } from './judge-key.ts';
import { distinct, isAmong } from './look-at-secret.ts';
import { renewalOf, type Report } from './report.ts';
import { ticksWithin, type Frame } from './time-axis.ts';

interface Row {
  readonly certificate: CertificateFacts;
  /** undefined where nobody knows, or it is not the one that is renewed. */
  readonly renewAt: Date | undefined;
  /** On whose way up it stands. */
  readonly clusters: readonly string[];
}

export function timeline(report: Report): Markup {
  const rows = rowsOf(report);
  if (rows.length === 0) return html`<p class="soft">No certificate could be read.</p>`;
  const { now, clusters } = report;
  const frame = frameOf(report);
  const ticks = ticksWithin(frame);
  const place = (date: Date): string => `--at:${(shareOf(date, frame) / 100).toFixed(5)}`;
  const legend = html`<p class="legend soft"><span class="key bar"></span> in force <span class="key bar due"></span> due for renewal ${rows.some(({ certificate }) => certificate.notAfter <= now) ? html`<span class="key bar over"></span> ended ` : undefined}<span class="key fade"></span> goes on beyond the edge</p>`;
  return html`<div class="chart"><div class="axis" aria-hidden="true">${ticks.map(({ at, label }) => html`<time datetime="${at.toISOString()}" style="${place(at)}">${label}</time>`)}</div>
${ticks.map(({ at }) => html`<span class="grid" style="${place(at)}"></span>`)}<span class="now" style="${place(now)}"></span>
<ol role="list">${rows.map((row) => line(row, frame, now, clusters.map(({ name }) => name)))}</ol><p class="today"><span style="${place(now)}" class="${sideOf(shareOf(now, frame))}">now, ${day(now)}</span></p></div>${legend}`;
}

/** Who ends first stands first. */
function rowsOf({ clusters }: Report): readonly Row[] {
  const renewals = new Map(clusters.flatMap(({ view }) => (view.signing === undefined ? [] : [[view.signing.sha256, renewalOf(view)] as const])));
  return distinct(clusters.flatMap(({ view }) => [...view.path, ...view.roots.certificates]))
    .toSorted((left, right) => left.notAfter.getTime() - right.notAfter.getTime() || (left.subject < right.subject ? -1 : 1))
    .map((certificate) => ({
      certificate,
      renewAt: renewals.get(certificate.sha256),
      clusters: clusters.filter(({ view }) => isAmong(view.path, certificate)).map(({ name }) => name),
    }));
}

/** From the start of the oldest intermediate to a quarter beyond the end of the youngest, with some room on the left. */
function frameOf({ clusters, now }: Report): Frame {
  const signing = clusters.flatMap(({ view }) => (view.signing === undefined ? [] : [view.signing]));
  const firstMs = Math.min(now.getTime(), ...signing.map(({ notBefore }) => notBefore.getTime()));
  const lastMs = Math.max(now.getTime(), ...signing.map(({ notAfter }) => notAfter.getTime()));
  const spanMs = Math.max(86_400_000, lastMs - firstMs);
  return { startMs: firstMs - spanMs / 16, endMs: lastMs + spanMs / 4 };
}

/** In percent of the frame, which it does not leave. */
function shareOf(date: Date, { startMs, endMs }: Frame): number {
  return Math.min(100, Math.max(0, ((date.getTime() - startMs) / (endMs - startMs)) * 100));
}

/** To which side of its line a label goes, so that it does not leave the picture. */
function sideOf(share: number): 'right' | 'middle' | 'left' {
  return share < 20 ? 'right' : share > 80 ? 'left' : 'middle';
}

function line({ certificate, renewAt, clusters }: Row, frame: Frame, now: Date, all: readonly string[]): Markup {
  const { notBefore, notAfter } = certificate;
  const at = (date: Date): number => shareOf(date, frame);
  const between = (from: Date, to: Date): string => `left:${at(from).toFixed(3)}%;width:${Math.max(0.4, at(to) - at(from)).toFixed(3)}%`;
  const kind = `bar${notAfter <= now ? ' over' : ''}${notBefore.getTime() < frame.startMs ? ' earlier' : ''}${notAfter.getTime() > frame.endMs ? ' later' : ''}`;
  const due = renewAt === undefined || notAfter <= now ? undefined : html`<span class="bar due" style="${between(renewAt, notAfter)}"></span>`;
  const dates = html`<time datetime="${notBefore.toISOString()}">${day(notBefore)}</time> to <time datetime="${notAfter.toISOString()}">${day(notAfter)}</time>, <span class="${notAfter <= now ? 'error' : 'left'}">${remaining(certificate, now)}</span>${renewAt === undefined ? undefined : html`<span class="soft">; renewed from ${day(renewAt)} on</span>`}`;
  return html`<li class="line"><div class="who"><span class="name">${nameOf(certificate)}</span>${clusters.length === 0 ? undefined : html` <span class="soft">${clustersInWords(clusters, all)}</span>`}</div><div class="track" aria-hidden="true"><span class="${kind}" style="${between(notBefore, notAfter)}"></span>${due}</div><div class="dates">${dates}</div></li>`;
}
