// The controller from its sources, on a clock that a test moves: POST /advance?ms=720000 on 127.0.0.1:CLOCK_PORT.
// CLOCK_OFFSET_MS is how far it stands ahead of the machine's clock at first, or behind it.
import { createServer } from 'node:http';
import { startController } from '../../src/app/compose.ts';
import { parseSettings } from '../../src/app/settings.ts';
import { abortOnSignal } from '../../src/app/shutdown.ts';
import { makeLogger } from '../../src/observe/logger.ts';
import { makeMovableClock } from './movable-clock.ts';

const clock = makeMovableClock(Number(process.env['CLOCK_OFFSET_MS'] ?? 0));
const parsed = parseSettings(process.argv.slice(2), process.env);
if (!parsed.ok) throw new Error(parsed.problems.join('\n'));

const signal = abortOnSignal();
const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  clock.advance(Number(searchParams.get('ms')));
  response.end(new Date(clock.now()).toISOString());
});
server.listen(Number(process.env['CLOCK_PORT']), '127.0.0.1');

const controller = await startController({
  settings: parsed.settings,
  logger: makeLogger({ level: parsed.settings.logLevel, format: parsed.settings.logFormat }),
  signal,
  clock,
});
await controller.stopped;
server.close();
