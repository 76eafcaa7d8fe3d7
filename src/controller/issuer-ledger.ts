// What do requests tell of their issuer? Which of its faults they wait for, and how long the certificates are that they ask for.
import type { Outcome, WaitReason } from '../domain/outcome.ts';
import { describeIssuer, type IssuerKey } from '../domain/issuer.ts';
import { describeKey, type Request, type RequestKey } from '../domain/request.ts';
import { issuerKeyOf } from './issuer-directory.ts';

/** Why a request waits, where an edit of the issuer or of its CA would let it pass. */
export interface Complaint {
  readonly reason: WaitReason | 'Refused';
  readonly message: string;
}

export interface IssuerLedger {
  /** What a look at a request led to. */
  hear(request: Request, outcome: Outcome): void;
  /** The request is finished or gone. */
  leave(request: RequestKey): void;
  /** One complaint of each reason, in the order of the alphabet. */
  complaintsOf(issuer: IssuerKey): readonly Complaint[];
  /** The longest duration that was asked of it since this process began; undefined where there was none. */
  longestMs(issuer: IssuerKey): number | undefined;
  /** Requests that complain, and issuers that were asked. */
  readonly size: number;
}

/** Waits that an edit of the issuer's spec or a change of its CA ends. */
const ofIssuer: ReadonlySet<WaitReason> = new Set<WaitReason>(['TemplateMismatch', 'NoTrustAnchor', 'BeyondCertificateAuthority', 'PathLengthExhausted', 'UnsupportedByMesh', 'ForbiddenByChain', 'CertificateRefused']);
/** More issuers are not remembered; the one asked longest ago is forgotten. */
const issuersAtMost = 4_096;

interface Open {
  /** Of the request that complained first. */
  complaint: Complaint;
  by: string;
  readonly requests: Set<string>;
}

/** @param changed an issuer has another complaint than before, or one less. */
export function makeIssuerLedger(changed: (issuer: IssuerKey) => void): IssuerLedger {
  const books = new Map<string, Map<string, Open>>();
  const homes = new Map<string, { readonly issuer: IssuerKey; readonly reason: string }>();
  const longest = new Map<string, number>();

  /** @returns whether that was the last one of its reason. */
  const withdraw = (request: string): boolean => {
    const home = homes.get(request);
    if (home === undefined) return false;
    homes.delete(request);
    const name = describeIssuer(home.issuer);
    const book = books.get(name);
    const open = book?.get(home.reason);
    open?.requests.delete(request);
    if (open === undefined || open.requests.size > 0) return false;
    book?.delete(home.reason);
    if (book?.size === 0) books.delete(name);
    return true;
  };

  /** @returns whether it is news. */
  const file = (request: string, issuer: IssuerKey, complaint: Complaint): boolean => {
    const name = describeIssuer(issuer);
    const book = books.get(name) ?? new Map<string, Open>();
    books.set(name, book);
    homes.set(request, { issuer, reason: complaint.reason });
    const open = book.get(complaint.reason);
    if (open === undefined) {
      book.set(complaint.reason, { complaint, by: request, requests: new Set([request]) });
      return true;
    }
    open.requests.add(request);
    // Others may wait for the same reason in other words; those of one request are shown, or they would take turns.
    if (open.requests.has(open.by) && open.by !== request) return false;
    const isNews = open.complaint.message !== complaint.message;
    Object.assign(open, { complaint, by: request });
    return isNews;
  };

  const remember = (name: string, durationMs: number): void => {
    const known = longest.get(name) ?? 0;
    longest.delete(name);
    longest.set(name, Math.max(known, durationMs));
    if (longest.size <= issuersAtMost) return;
    for (const oldest of longest.keys()) return void longest.delete(oldest);
  };

  return {
    hear(heard, outcome) {
      const { key, durationMs } = heard;
      const request = describeKey(key);
      const issuer = issuerKeyOf(heard);
      if (outcome.kind === 'ignored' || outcome.kind === 'denied') return;
      if (durationMs !== undefined) remember(describeIssuer(issuer), durationMs);
      const complaint = complaintIn(outcome);
      const home = homes.get(request);
      const isSame = home !== undefined && home.reason === complaint?.reason && describeIssuer(home.issuer) === describeIssuer(issuer);
      if (home !== undefined && !isSame && withdraw(request)) changed(home.issuer);
      if (complaint !== undefined && file(request, issuer, complaint)) changed(issuer);
    },
    leave(key) {
      const request = describeKey(key);
      const home = homes.get(request);
      if (withdraw(request) && home !== undefined) changed(home.issuer);
    },
    complaintsOf: (issuer) => [...(books.get(describeIssuer(issuer))?.values() ?? [])].map(({ complaint }) => complaint).toSorted((one, two) => (one.reason < two.reason ? -1 : 1)),
    longestMs: (issuer) => longest.get(describeIssuer(issuer)),
    get size() {
      return homes.size + longest.size;
    },
  };
}

function complaintIn(outcome: Outcome): Complaint | undefined {
  switch (outcome.kind) {
    case 'waiting':
      return ofIssuer.has(outcome.reason) ? { reason: outcome.reason, message: outcome.message } : undefined;
    case 'parked':
      return outcome.cause === 'permission' || outcome.cause === 'credentials' ? { reason: 'Refused', message: outcome.message } : undefined;
    case 'retry':
      return outcome.failure.class === 'unsuitable' || outcome.failure.class === 'unauthorised' ? { reason: 'Refused', message: outcome.message } : undefined;
    case 'ignored':
    case 'polling':
    case 'queued':
    case 'issued':
    case 'failed':
    case 'denied':
      return undefined;
  }
}
