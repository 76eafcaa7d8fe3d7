// Which objects of one kind exist, and what changes? List, then watch, for as long as the process lives.
import { list, record, text } from '../domain/json.ts';
import { pause, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { KubeFailure } from './errors.ts';
import { followWatch, shortWatchMs } from './follow-watch.ts';
import { KnownObjects, type Known, type KnownObjectsOptions } from './known-objects.ts';
import { ResumePace } from './resume-pace.ts';
import type { KubeTransport, Query } from './transport.ts';

export interface ReflectorOptions<Entry> extends KnownObjectsOptions<Entry> {
  readonly transport: Pick<KubeTransport, 'request' | 'stream'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the collection, such as /apis/cert-manager.io/v1/certificaterequests. */
  readonly path: string;
  /** Lets the server filter; where it answers 400 to it, `read` alone decides. */
  readonly fieldSelector?: string;
}

/** Who filters: the server by field selector, or `read` alone. */
type Filter = 'server' | 'client';

type State =
  | { readonly kind: 'empty'; readonly filter: Filter }
  | { readonly kind: 'listing'; readonly filter: Filter; readonly continueToken: string; readonly seen: ReadonlySet<string> }
  | { readonly kind: 'listed'; readonly filter: Filter; readonly resourceVersion: string };

interface Step {
  readonly state: State;
  /** Why the next step has to wait; undefined where it may follow at once. */
  readonly failure?: KubeFailure | undefined;
}

/** A page of the largest requests is some megabytes of text, and only one is in memory at a time (docs/architecture.md, invariant 14). */
const pageSize = 250;
/** A server that sends bookmarks sends one about every minute. */
const idleWithBookmarksMs = 90_000;
/** 410: our version is too old. 400 and 404: the selector or the kind is gone, which a new list sorts out. */
const startAgain: ReadonlySet<number | undefined> = new Set([400, 404, 410]);

/**
 * A state machine: empty, listing, listed, and a watch from there. 410 leads back to empty;
 * any other failure is retried from where it was, after 0.25 to 30 s or what the server asks for.
 */
export class Reflector<Entry> {
  readonly #options: ReflectorOptions<Entry>;
  readonly #objects: KnownObjects<Entry>;
  readonly #pace: ResumePace;
  readonly #logger: Logger;
  #hasSynced = false;
  #lastContactAt: number | undefined;
  #sendsBookmarks = false;
  #toldFilter: Filter | undefined;

  constructor(options: ReflectorOptions<Entry>) {
    this.#options = options;
    this.#logger = options.logger.with({ resource: options.path });
    this.#objects = new KnownObjects({ ...options, logger: this.#logger });
    this.#pace = new ResumePace(options.clock, this.#logger);
  }

  /** Everything that existed at the first list has been told. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** When the server last told us something good, in epoch milliseconds; undefined: never. */
  get lastContactAt(): number | undefined {
    return this.#lastContactAt;
  }

  known(): Iterable<Known<Entry>> {
    return this.#objects.values();
  }

  /** Resolves when `signal` aborts; never rejects. Call it once. */
  async run(signal: AbortSignal): Promise<void> {
    let state = this.#empty();
    while (!signal.aborted) {
      const step: Step = state.kind === 'listed' ? await this.#watch(state, signal) : await this.#list(state, signal);
      state = step.state;
      if (step.failure !== undefined && !signal.aborted) {
        await pause(this.#options.clock, this.#pace.failed(step.failure), signal);
      }
    }
  }

  async #list(state: Exclude<State, { kind: 'listed' }>, signal: AbortSignal): Promise<Step> {
    const { transport, path } = this.#options;
    const { filter } = state;
    const position = state.kind === 'listing' ? { continue: state.continueToken } : {};
    const query = { limit: pageSize, ...position, ...this.#selector(filter) };
    const answer = await transport.request({ method: 'GET', path, query, signal });
    if (!answer.ok) return this.#afterFailedList(state, answer.failure);
    this.#heard();
    const body = record(answer.value.body);
    const metadata = record(body['metadata']);
    const ours = list(body['items']).map((item) => this.#objects.learn(record(item)));
    const seen = new Set([...(state.kind === 'listing' ? state.seen : []), ...ours.filter((id) => id !== undefined)]);
    const continueToken = text(metadata['continue']);
    if (continueToken !== '') return { state: { kind: 'listing', filter, continueToken, seen } };
    this.#objects.retain(seen);
    this.#hasSynced = true;
    this.#tellFilter(filter);
    return { state: { kind: 'listed', filter, resourceVersion: text(metadata['resourceVersion']) } };
  }

  #afterFailedList(state: State, failure: KubeFailure): Step {
    if (failure.status === 400 && state.kind === 'empty' && state.filter === 'server') {
      return { state: { kind: 'empty', filter: 'client' } };
    }
    if (failure.status === 404) {
      // A kind that the API server does not have has no objects.
      this.#objects.retain(new Set());
      this.#hasSynced = true;
    }
    return { state: startAgain.has(failure.status) ? this.#empty() : state, failure };
  }

  async #watch(state: Extract<State, { kind: 'listed' }>, signal: AbortSignal): Promise<Step> {
    const timeoutSeconds = 270 + Math.floor(this.#options.clock.random() * 40);
    let { resourceVersion } = state;
    let openedAt = Infinity;
    const failure = await followWatch({
      ...this.#options,
      query: { watch: true, allowWatchBookmarks: true, timeoutSeconds, resourceVersion, ...this.#selector(state.filter) },
      idleMs: () => (this.#sendsBookmarks ? idleWithBookmarksMs : (timeoutSeconds + 5) * 1_000),
      onOpen: () => {
        this.#heard();
        openedAt = this.#options.clock.now();
      },
      onEvent: (event) => {
        this.#heard();
        this.#pace.heard();
        if (event.kind === 'bookmark') this.#sendsBookmarks = true;
        else if (event.type === 'deleted') this.#objects.forget(event.object);
        else this.#objects.learn(event.object);
        resourceVersion = event.resourceVersion;
      },
      signal,
    });
    // Good news alone proves nothing: a server may tell some, and end the watch, again and again.
    if (this.#options.clock.now() - openedAt >= shortWatchMs) this.#pace.recovered();
    return { state: startAgain.has(failure?.status) ? this.#empty() : { ...state, resourceVersion }, failure };
  }

  #heard(): void {
    this.#lastContactAt = this.#options.clock.now();
  }

  #tellFilter(filter: Filter): void {
    if (filter === this.#toldFilter) return;
    this.#toldFilter = filter;
    const selector = this.#options.fieldSelector;
    if (filter === 'server') this.#logger.info('watching; the API server selects our objects', { selector });
    else if (selector === undefined) this.#logger.info('watching all objects of the kind');
    else this.#logger.info('watching all objects of the kind: the API server does not know the field selector', { selector });
  }

  /** A server that has refused the selector once is not asked again: each list would be two. */
  #empty(): State {
    return { kind: 'empty', filter: this.#options.fieldSelector === undefined ? 'client' : (this.#toldFilter ?? 'server') };
  }

  #selector(filter: Filter): Query {
    return filter === 'server' ? { fieldSelector: this.#options.fieldSelector } : {};
  }
}
