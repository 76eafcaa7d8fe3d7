// One event, one line: JSON for machines, text for people. winston carries the lines, the shape is ours.
import { createLogger, format, transports } from 'winston';
import { systemClock, type Clock } from '../runtime/clock.ts';
import type { Fields, Logger } from '../runtime/ports.ts';
import { flatten } from './log-values.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  /** The least important level that is written. */
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  /** Standard error, unless given. */
  readonly stream?: NodeJS.WritableStream;
  readonly clock?: Pick<Clock, 'now'>;
}

const ranks: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };
/** Our own keys; a field of the same name is written with an underscore behind. */
const ownKeys: ReadonlySet<string> = new Set(['time', 'level', 'message']);

/**
 * A line has `time` (RFC 3339, UTC), `level`, `message` and the fields. Errors among the fields are flattened to name,
 * message, code and cause, with their stack at level debug. A field that is undefined is left out.
 */
export function makeLogger({ level: least, format: shape, stream = process.stderr, clock = systemClock }: LoggerOptions): Logger {
  const withStack = least === 'debug';
  const output = createLogger({
    levels: { ...ranks },
    level: least,
    format: format.printf(({ message }) => String(message)),
    transports: [new transports.Stream({ stream, eol: '\n' })],
  });

  const write = (level: LogLevel, message: string, bound: Fields, fields: Fields | undefined): void => {
    if (ranks[level] > ranks[least]) return;
    const data = flatten({ ...bound, ...fields }, withStack) as Record<string, unknown>;
    const line: Record<string, unknown> = { time: new Date(clock.now()).toISOString(), level, message: flatten(message, false) };
    for (const [name, value] of Object.entries(data)) line[ownKeys.has(name) ? `${name}_` : name] = value;
    output.log(level, shape === 'json' ? JSON.stringify(line) : toText(line));
  };

  const bind = (bound: Fields): Logger => ({
    debug: (message, fields) => write('debug', message, bound, fields),
    info: (message, fields) => write('info', message, bound, fields),
    warn: (message, fields) => write('warn', message, bound, fields),
    error: (message, fields) => write('error', message, bound, fields),
    with: (fields) => bind({ ...bound, ...fields }),
  });
  return bind({});
}

/** `2026-01-01T00:00:00.000Z INFO  certificate ordered  uid=… template="…"` */
function toText({ time, level, message, ...fields }: Record<string, unknown>): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`);
  return [`${String(time)} ${String(level).toUpperCase().padEnd(5)} ${String(message)}`, ...pairs].join('  ');
}
