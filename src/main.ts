// argv -> subcommand -> exit code.
// The order matters: the first opens the port of the probes while the second is loaded.
import { early } from './app/early.ts';
import { run } from './commands/run.ts';

// With the probes switched off nothing else keeps the process alive while it waits for an API server that is away.
setInterval(() => {}, 2 ** 30);
// A connection that is just being made would keep the process alive for as long as that may take.
process.exit(await run(process.argv.slice(2), early));
