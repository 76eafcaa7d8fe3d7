// What does the controller hold on to? Loaded into its process before it (node --import), so that the product has no hook for tests.
import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What it answers to GET /, and to GET /?collect=1 after all garbage is gone. */
export interface Held {
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  /** Timers that have neither run nor been cancelled. */
  readonly timers: number;
  /** On the process itself and on every abort signal that is still alive; only right after a collection. */
  readonly listeners: number;
  readonly signals: number;
  /** What keeps node running, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Since the question before, in milliseconds. */
  readonly eventLoopDelay: { readonly mean: number; readonly p99: number; readonly max: number };
  /** Such as MaxListenersExceededWarning, since the start. */
  readonly warnings: readonly string[];
}

interface Destroyable {
  /** Of node's Timeout: it has run, or was cancelled. */
  readonly _destroyed?: boolean;
}

const timers = new Set<Destroyable>();
const signals = new Set<WeakRef<AbortSignal>>();
const warnings: string[] = [];

process.on('warning', ({ name, message }) => {
  if (warnings.length < 20) warnings.push(`${name}: ${message}`);
});

const armTimer = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((...args: Parameters<typeof armTimer>) => {
  const timer = armTimer(...args);
  timers.add(timer as Destroyable);
  return timer;
}, armTimer);

/** Watched weakly, or the watching itself would keep it. */
function watch(signal: AbortSignal): AbortSignal {
  signals.add(new WeakRef(signal));
  return signal;
}

const joinSignals = AbortSignal.any.bind(AbortSignal);
AbortSignal.any = (sources) => watch(joinSignals(sources));
globalThis.AbortController = class extends AbortController {
  constructor() {
    super();
    watch(this.signal);
  }
};

const delay = monitorEventLoopDelay({ resolution: 20 });
delay.enable();

let collector: (() => void) | undefined;

/** Only when it is first needed: with other flags V8 takes nothing from the compile cache, and that is what the product starts from. */
function collect(): void {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collector();
}

async function collectAll(): Promise<void> {
  // Several rounds: finalizers of one make garbage for the next.
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise(setImmediate);
  }
}

function take(): Held {
  for (const timer of timers) if (timer._destroyed === true) timers.delete(timer);
  let listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  for (const reference of signals) {
    const signal = reference.deref();
    if (signal === undefined) signals.delete(reference);
    else listeners += getEventListeners(signal, 'abort').length;
  }
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const ms = (nanoseconds: number): number => Math.round(nanoseconds / 1e4) / 100;
  const eventLoopDelay = { mean: ms(delay.mean), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  delay.reset();
  const { heapUsed, external } = process.memoryUsage();
  return { heapUsedBytes: heapUsed, externalBytes: external, timers: timers.size, listeners, signals: signals.size, resources, eventLoopDelay, warnings };
}

const server = createServer((request, response) => {
  void (async () => {
    // Timers that have run are let go first: this set alone must not keep what they hold.
    for (const timer of timers) if (timer._destroyed === true) timers.delete(timer);
    if (request.url?.includes('collect') === true) await collectAll();
    response.setHeader('connection', 'close').end(JSON.stringify(take()));
  })();
});
// --import=file:///…/soak-probe.mjs?port=N
server.listen(Number(new URL(import.meta.url).searchParams.get('port')), '127.0.0.1');
server.unref();
