// The whole way: find, prove, show, ask, revoke, renew, tell. Every port acts as whoever runs the command.
import type { Ask } from '../domain/ask.ts';
import type { AuthorityArn } from '../domain/authority.ts';
import type { Failure, Result } from '../domain/failure.ts';
import { record, text, type Json } from '../domain/json.ts';
import { revokedEvent } from './event.ts';
import { findDependents, nobody } from './find-dependents.ts';
import { findTarget, type Search, type Target } from './find-target.ts';
import { proveTarget, sentence } from './prove-target.ts';
import type { Reason } from './reasons.ts';
import { keepsItsKey, markForRenewal } from './renewal.ts';
import { describePlan, type Plan } from './words.ts';

/** One CA at AWS. */
export interface AuthorityAtAws {
  find(serial: string): Promise<Result<string | undefined>>;
  revoke(serial: string, reason: Reason): Promise<Result<'revoked' | 'was-revoked'>>;
  lists(): Promise<Result<{ readonly hasCrl: boolean; readonly hasOcsp: boolean }>>;
}

export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
}

export interface RevokePorts {
  readonly ask: Ask;
  readonly write: (write: Write) => Promise<Result<unknown>>;
  readonly authority: (arn: AuthorityArn) => AuthorityAtAws;
  /** Asks the person; only called where --yes was not said. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly now: Date;
}

export interface Order {
  /** What to look for in the cluster; undefined where a serial number was given. */
  readonly search: Search | undefined;
  /** Plain hex. */
  readonly serial: string | undefined;
  readonly authorityArn: string | undefined;
  readonly reason: Reason;
  readonly isConfirmed: boolean;
  readonly isRenewed: boolean;
  /** Shows and stops. */
  readonly isDryRun: boolean;
}

/** @returns the exit code: 0 done, 1 not revoked or not renewed, 2 it could not be found out what to revoke. */
export async function revoke(ports: RevokePorts, order: Order): Promise<0 | 1 | 2> {
  const { complain, say } = ports;
  const found = order.search === undefined ? undefined : await findTarget(ports.ask, order.search);
  if (found?.ok === false) return stop(complain, found.why, 2);
  const target = found?.target;
  if (order.isRenewed && target?.certificate === undefined) return stop(complain, 'There is no Certificate that has this certificate now, so nothing can be renewed; leave --renew out.', 2);

  const authorityArns = [...(order.authorityArn === undefined ? [] : [order.authorityArn]), ...(target?.authorityArns ?? [])];
  const serials = order.serial === undefined ? (target?.serials ?? []) : [order.serial, order.serial.padStart(32, '0')];
  const proven = await proveTarget({ leaf: target?.leaf, serials, authorityArns }, (authority, serial) => ports.authority(authority).find(serial));
  if (!proven.ok) return stop(complain, proven.why, 2);

  const plan = await drawUp(ports, order, target, proven);
  say(describePlan(plan));
  if (order.isDryRun) return 0;
  if (!order.isConfirmed && !(await ports.confirm(`Revoke ${proven.leaf.subject || proven.serial}? This cannot be undone. Type yes: `))) return stop(complain, 'Nothing was revoked.', 1);

  const answer = await ports.authority(proven.authority).revoke(proven.serial, order.reason);
  if (!answer.ok) return stop(complain, `It was not revoked. ${sentence(answer.failure)}`, 1);
  say(answer.value === 'revoked' ? `Revoked: serial ${proven.serial} (${order.reason}).` : `It was revoked before: serial ${proven.serial}. AWS keeps the first reason.`);

  const renewal = order.isRenewed && target?.certificate !== undefined ? await renew(ports, target.certificate) : undefined;
  await tell(ports, plan, renewal === 'marked');
  return renewal === 'failed' ? 1 : 0;
}

async function drawUp({ ask, authority, now }: RevokePorts, order: Order, target: Target | undefined, proven: Pick<Plan, 'authority' | 'serial' | 'leaf'>): Promise<Plan> {
  const { subject, secretName, certificate } = target ?? {};
  const [dependents, lists] = await Promise.all([
    subject === undefined || secretName === undefined ? nobody : findDependents(ask, subject.namespace, secretName),
    authority(proven.authority).lists(),
  ]);
  const renewal = !order.isRenewed || certificate === undefined ? 'none' : keepsItsKey(certificate) ? 'same-key' : 'new-key';
  return { leaf: proven.leaf, authority: proven.authority, serial: proven.serial, reason: order.reason, subject, secretName, dependents, lists: lists.ok ? lists.value : undefined, renewal, now };
}

const mostTries = 3;

/** cert-manager writes the same status, so that a conflict only means: read it again. */
async function renew({ ask, write, say, complain, now }: RevokePorts, known: Json): Promise<'marked' | 'failed'> {
  const metadata = record(known['metadata']);
  const path = `/apis/cert-manager.io/v1/namespaces/${text(metadata['namespace'])}/certificates/${text(metadata['name'])}`;
  let failure: Failure | undefined;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const read = await ask(path);
    if (read === 'absent') break;
    if (!read.ok) {
      failure = read.failure;
      break;
    }
    const renewal = markForRenewal(record(read.value), now);
    if (renewal.kind === 'under-way') {
      say('The Certificate is being renewed already.');
      return 'marked';
    }
    const answer = await write({ method: 'PATCH', path: `${path}/status`, body: renewal.body });
    if (answer.ok) {
      say(`The Certificate ${text(metadata['name'])} is marked for renewal; kubectl describe tells when it is Ready again.`);
      return 'marked';
    }
    failure = answer.failure;
    if (failure.class !== 'conflict') break;
  }
  complain(`The Certificate was not marked for renewal. ${failure === undefined ? 'It is gone.' : sentence(failure)} Do it by hand: cmctl renew -n ${text(metadata['namespace'])} ${text(metadata['name'])}`);
  return 'failed';
}

/** An Event that cannot be written is no failure: AWS's audit report and CloudTrail have it. */
async function tell({ write, complain, now }: RevokePorts, { subject, authority, serial, reason }: Plan, isRenewed: boolean): Promise<void> {
  if (subject === undefined) return;
  const body = revokedEvent({ subject, authorityArn: authority.arn, serial, reason, isRenewed, now });
  const answer = await write({ method: 'POST', path: `/apis/events.k8s.io/v1/namespaces/${subject.namespace}/events`, body });
  if (!answer.ok) complain(`No Event was written. ${sentence(answer.failure)}`);
}

function stop(complain: (line: string) => void, why: string, code: 1 | 2): 1 | 2 {
  complain(why);
  return code;
}
