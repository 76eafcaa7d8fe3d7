// One signal ends the process in order, a second one at once.

/** @returns a signal that aborts on SIGTERM or SIGINT. */
export function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(new Error(`${name} received`));
    });
  }
  return controller.signal;
}
