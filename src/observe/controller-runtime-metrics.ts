// Metrics under the names and labels of controller-runtime, so that dashboards made for other controllers show this one.
import type { Labels } from '../runtime/ports.ts';
import type { HistogramDescription, MetricDescription } from './metric-description.ts';

/** Both controllers, as they stand in the label `controller` and, for their queues, in `name` too. */
export const controllers = ['certificaterequest', 'issuer'] as const;

const ofController: readonly Labels[] = controllers.map((controller) => ({ controller }));
const ofQueue: readonly Labels[] = controllers.map((controller) => ({ name: controller, controller }));
const results = ['success', 'error', 'requeue', 'requeue_after'];

/** From 10 ns to 1000 s in steps of ten, as client-go has them. */
const queueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1_000];

export const controllerRuntimeCounters = {
  controller_runtime_reconcile_total: {
    help: 'Looks at an object by controller and by result: success, error, requeue, requeue_after.',
    labels: ['controller', 'result'],
    starts: ofController.flatMap((labels) => results.map((result) => ({ ...labels, result }))),
  },
  controller_runtime_reconcile_errors_total: { help: 'Looks at an object that ended with an error.', labels: ['controller'], starts: ofController },
  controller_runtime_reconcile_panics_total: { help: 'Exceptions that reached a worker: each is a bug.', labels: ['controller'], starts: ofController },
  workqueue_adds_total: { help: 'Keys added to the queue.', labels: ['name', 'controller'], starts: ofQueue },
  workqueue_retries_total: { help: 'Keys that were told to come back later, for another look or after a failure.', labels: ['name', 'controller'], starts: ofQueue },
  rest_client_requests_total: {
    help: 'Calls to the API server by status code, method and host; the code is <error> where no answer came.',
    labels: ['code', 'method', 'host'],
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;

export const controllerRuntimeHistograms = {
  controller_runtime_reconcile_time_seconds: {
    help: 'Seconds that one look at an object took.',
    labels: ['controller'],
    starts: ofController,
    buckets: [
      0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10,
      15, 20, 25, 30, 40, 50, 60,
    ],
  },
  workqueue_queue_duration_seconds: { help: 'Seconds from a key being ready until a worker took it.', labels: ['name', 'controller'], starts: ofQueue, buckets: queueBuckets },
  workqueue_work_duration_seconds: { help: 'Seconds from a worker taking a key until it was done.', labels: ['name', 'controller'], starts: ofQueue, buckets: queueBuckets },
} as const satisfies Readonly<Record<string, HistogramDescription>>;

export const controllerRuntimeGauges = {
  controller_runtime_active_workers: { help: 'Workers that look at an object now.', labels: ['controller'], starts: ofController },
  controller_runtime_max_concurrent_reconciles: { help: 'How many workers there are.', labels: ['controller'], starts: ofController },
  workqueue_depth: { help: 'Keys that are ready and taken by nobody.', labels: ['name', 'controller'], starts: ofQueue },
  workqueue_unfinished_work_seconds: { help: 'Seconds that the looks now under way have taken so far, added up.', labels: ['name', 'controller'], starts: ofQueue },
  workqueue_longest_running_processor_seconds: { help: 'Seconds that the longest look now under way has taken so far.', labels: ['name', 'controller'], starts: ofQueue },
  leader_election_master_status: { help: 'Does this process lead (1), or stand by (0); name is the lease.', labels: ['name'] },
} as const satisfies Readonly<Record<string, MetricDescription>>;
