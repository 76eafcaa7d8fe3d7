// Until when does everything hold? A bar for each certificate on the way, cut where the longest intermediate has long ended.
import type { CertificateFacts } from '../pki/certificate.ts';
import { html, type Markup } from './html.ts';
import { day, remaining } from './in-words.ts';
import { nameOf } from './judge-key.ts';
import { distinct } from './look-at-secret.ts';
import type { Report } from './report.ts';

interface Row {
  readonly certificate: CertificateFacts;
  /** undefined where nobody knows, or it is not the one that is renewed. */
  readonly renewAt: Date | undefined;
}

/** What the bars show: from the start of the oldest intermediate to a quarter beyond the end of the youngest. */
interface Frame {
  readonly startMs: number;
  readonly endMs: number;
}

export function timeline(report: Report): Markup {
  const rows = rowsOf(report);
  if (rows.length === 0) return html`<p class="soft">No certificate could be read.</p>`;
  const frame = frameOf(report);
  const legend = 'Hatched: due for renewal. The upright line is now. A bar that reaches the right edge goes on beyond it.';
  return html`${rows.map((row) => line(row, frame, report.now))}<p class="soft">${day(new Date(frame.startMs))} to ${day(new Date(frame.endMs))}. ${legend}</p>`;
}

/** Who ends first stands first. */
function rowsOf({ clusters }: Report): readonly Row[] {
  const renewals = new Map(clusters.flatMap(({ view: { signing, input } }) => (signing === undefined || input.renewBeforeMs === undefined ? [] : [[signing.sha256, new Date(signing.notAfter.getTime() - input.renewBeforeMs)] as const])));
  return distinct(clusters.flatMap(({ view }) => [...view.path, ...view.roots.certificates]))
    .toSorted((left, right) => left.notAfter.getTime() - right.notAfter.getTime() || (left.subject < right.subject ? -1 : 1))
    .map((certificate) => ({ certificate, renewAt: renewals.get(certificate.sha256) }));
}

function frameOf({ clusters, now }: Report): Frame {
  const signing = clusters.flatMap(({ view }) => (view.signing === undefined ? [] : [view.signing]));
  const startMs = Math.min(now.getTime(), ...signing.map(({ notBefore }) => notBefore.getTime()));
  const lastMs = Math.max(now.getTime(), ...signing.map(({ notAfter }) => notAfter.getTime()));
  return { startMs, endMs: lastMs + Math.max(86_400_000, (lastMs - startMs) / 4) };
}

function line({ certificate, renewAt }: Row, frame: Frame, now: Date): Markup {
  const { notBefore, notAfter } = certificate;
  const at = (date: Date): number => Math.min(100, Math.max(0, ((date.getTime() - frame.startMs) / (frame.endMs - frame.startMs)) * 100));
  const between = (from: Date, to: Date): string => `left:${at(from).toFixed(2)}%;width:${Math.max(0.4, at(to) - at(from)).toFixed(2)}%`;
  const kind = `bar${notAfter <= now ? ' over' : ''}${notAfter.getTime() > frame.endMs ? ' later' : ''}`;
  const due = renewAt === undefined ? undefined : html`<span class="bar due" style="${between(renewAt, notAfter)}"></span>`;
  const dates = `${day(notBefore)} to ${day(notAfter)}, ${remaining(certificate, now)}${renewAt === undefined ? '' : `; renewed from ${day(renewAt)} on`}`;
  return html`<div class="line"><div class="who">${nameOf(certificate)}</div><div class="track" role="img" aria-label="${dates}"><span class="${kind}" style="${between(notBefore, notAfter)}"></span>${due}<span class="mark" style="left:${at(now).toFixed(2)}%"></span></div><div class="dates">${dates}</div></div>`;
}
