// May this certificate be ordered now? Not while its issuer is at its limit per hour, nor as one of a Certificate that renews in circles.
import { describeIssuer, type IssuerKey } from '../domain/issuer.ts';
import type { Outcome } from '../domain/outcome.ts';
import { certificateNameAnnotation, describeBackdating, describeInstant, describeLoop, nextOrderMs } from '../domain/renewal-loop.ts';
import type { Request } from '../domain/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';
import { makeHourlyLimit, reserveOf, type HourlyLimit, type Turn } from './hourly-limit.ts';
import { makeRenewalMemory, type Undo } from './renewal-memory.ts';

/** What holds for every certificate of one request. */
export interface OrderTerms {
  readonly issuer: IssuerKey;
  /** spec.requestPolicy.maxCertificatesPerHour of the issuer. */
  readonly limitPerHour: number | undefined;
  readonly durationMs: number;
  /** spec.notBeforeOffset of the issuer. */
  readonly offsetMs: number;
}

export interface GuardedOrder extends OrderTerms {
  /** Whoever asks again with the same one repeats an order, which costs nothing more. */
  readonly token: string;
  readonly request: Request;
}

/** The outcome of this look; its sentence is the same from look to look. */
export type Held = Extract<Outcome, { readonly kind: 'waiting' }>;

/**
 * `made`: AWS made the certificate. `lost`: its answer was lost, so that it may have; from then on only `made` changes anything.
 * `none`: it was refused, or not sent at all.
 */
export type OrderEnd = 'made' | 'lost' | 'none';

export interface RunawayGuard {
  /**
   * Asked right before an order is sent. Where it returns undefined the order counts until `settle` says otherwise, so that many at
   * once do not slip through; a token that counts already is never held.
   */
  ask(order: GuardedOrder): Held | undefined;
  settle(token: string, end: OrderEnd): void;
  /** The request waits no longer: it is finished or gone. */
  forget(uid: string): void;
  /** Certificates, open orders and requests that wait. */
  readonly size: number;
}

interface Open {
  readonly sinceMs: number;
  readonly isCA: boolean;
  readonly limit: HourlyLimit | undefined;
  readonly undo: Undo | undefined;
  isLost: boolean;
}

/** A held request looks again after so long at the latest: whoever was before it may be gone, or the clock was set. */
const longestLookMs = 5 * 60_000;
/** An order without an answer may have made a certificate some minutes after it was sent; an hour after that it no longer counts. */
const openAtMostMs = 70 * 60_000;
const sweepEveryMs = 60_000;

/** What it remembers is lost with the process: after a restart the hour and the renewals are counted anew. */
export function makeRunawayGuard({ clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics }): RunawayGuard {
  const renewals = makeRenewalMemory();
  const limits = new Map<string, HourlyLimit>();
  const open = new Map<string, Open>();
  /** Requests held for renewing in circles, and when they last asked. */
  const circling = new Map<string, number>();
  let sweptMs = 0;

  const sweep = (nowMs: number): void => {
    if (Math.abs(nowMs - sweptMs) < sweepEveryMs) return;
    sweptMs = nowMs;
    renewals.sweep(nowMs);
    for (const [token, order] of open) if (nowMs - order.sinceMs > openAtMostMs) close(token, order);
    for (const [uid, askedMs] of circling) if (nowMs - askedMs > 2 * longestLookMs) circling.delete(uid);
    for (const [issuer, limit] of limits) if (limit.isIdle(nowMs)) limits.delete(issuer);
  };

  const close = (token: string, { limit, isCA }: Open): void => {
    open.delete(token);
    limit?.giveBack(isCA);
  };

  const limitOf = (issuer: IssuerKey): HourlyLimit => {
    const name = describeIssuer(issuer);
    const known = limits.get(name) ?? makeHourlyLimit();
    limits.set(name, known);
    return known;
  };

  const loopOf = (order: GuardedOrder, certificate: string, nowMs: number): Held | undefined => {
    const known = renewals.of(nameOf(order, certificate));
    if (known === undefined) return undefined;
    // A last order that lies in the future was made before the clock was set back.
    const leftMs = known.lastMs > nowMs ? 0 : nextOrderMs(known, order.durationMs) - nowMs;
    if (leftMs <= 0) return undefined;
    const message = describeLoop({ namespace: order.request.key.namespace, certificate, durationMs: order.durationMs, offsetMs: order.offsetMs }, known);
    return { kind: 'waiting', reason: 'RenewalLoop', message, afterMs: Math.min(leftMs, longestLookMs) };
  };

  return {
    ask(order) {
      const nowMs = clock.now();
      sweep(nowMs);
      if (open.has(order.token)) return undefined;
      const { request, limitPerHour } = order;
      const { uid, isCA } = request;
      const certificate = request.annotations[certificateNameAnnotation];
      const loop = certificate === undefined ? undefined : loopOf(order, certificate, nowMs);
      if (loop !== undefined) {
        // It must not stand in the way of others.
        limits.get(describeIssuer(order.issuer))?.leave(uid);
        if (!circling.has(uid)) metrics.count('pca_issuer_held_requests_total', { reason: 'renewal-loop' });
        circling.set(uid, nowMs);
        return loop;
      }
      circling.delete(uid);
      const limit = limitPerHour === undefined ? undefined : limitOf(order.issuer);
      const turn = limitPerHour === undefined ? undefined : limit?.take({ uid, isCA, limit: limitPerHour }, nowMs);
      if (turn !== undefined) {
        if (turn.isNew) metrics.count('pca_issuer_held_requests_total', { reason: 'limit' });
        return { kind: 'waiting', reason: 'CertificateLimit', message: describeLimit(order, turn), afterMs: Math.min(Math.max(turn.dueMs - nowMs, 1_000), longestLookMs) };
      }
      const undo = certificate === undefined ? undefined : renewals.add(nameOf(order, certificate), nowMs, order.durationMs);
      if (limit !== undefined || undo !== undefined) open.set(order.token, { sinceMs: nowMs, isCA, limit, undo, isLost: false });
      return undefined;
    },
    settle(token, end) {
      const order = open.get(token);
      if (order === undefined) return;
      if (end === 'lost') order.isLost = true;
      if (end === 'made') {
        open.delete(token);
        order.limit?.fill(order.isCA, clock.now());
      }
      if (end === 'none' && !order.isLost) {
        close(token, order);
        order.undo?.();
      }
    },
    forget(uid) {
      circling.delete(uid);
      for (const limit of limits.values()) limit.leave(uid);
    },
    get size() {
      return [...limits.values()].reduce((sum, limit) => sum + limit.waiting, renewals.size + open.size + circling.size + limits.size);
    },
  };
}

function nameOf({ issuer, request }: GuardedOrder, certificate: string): string {
  return `${describeIssuer(issuer)} ${request.key.namespace}/${certificate}`;
}

function describeLimit({ issuer, limitPerHour, request, durationMs, offsetMs }: GuardedOrder, { toldMs }: Turn): string {
  const kept = request.isCA ? 0 : reserveOf(limitPerHour ?? 0);
  const amount = kept === 0 ? `${limitPerHour}` : `${limitPerHour}, ${kept} of them kept for CA certificates`;
  const sentences = [
    `${describeIssuer(issuer)} has issued as many certificates within an hour as its spec.requestPolicy.maxCertificatesPerHour allows (${amount});`,
    `this one is ordered at about ${describeInstant(toldMs)}, or once the limit is raised.`,
    describeBackdating(durationMs, offsetMs),
  ];
  return sentences.filter((each) => each !== undefined).join(' ');
}
