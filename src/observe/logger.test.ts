import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { makeLogger, type LoggerOptions } from './logger.ts';

/** A logger whose clock stands at the start of 2026, and what it wrote. */
function stage(options: Pick<LoggerOptions, 'level' | 'format'> = { level: 'info', format: 'json' }) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const logger = makeLogger({ ...options, stream, clock: { now: () => Date.UTC(2026, 0, 1) } });
  return { logger, written, last: (): unknown => JSON.parse(written.at(-1) ?? '') };
}

test('one event is one line of JSON with time, level, message and fields', () => {
  const { logger, written, last } = stage();
  logger.info('certificate ordered', { uid: 'u-1', tries: 2, none: undefined });
  assert.deepEqual(last(), { time: '2026-01-01T00:00:00.000Z', level: 'info', message: 'certificate ordered', uid: 'u-1', tries: 2 });
  logger.warn('two\nlines', { text: 'a\nb' });
  assert.equal(written.length, 2);
  assert.match(written[1] ?? '', /^[^\n]+\n$/);
});

test('fields are never glued to the message, and never take the place of our own', () => {
  const { logger, last } = stage();
  logger.info('said', { message: 'other', level: 9, time: 'never' });
  assert.deepEqual(last(), { time: '2026-01-01T00:00:00.000Z', level: 'info', message: 'said', message_: 'other', level_: 9, time_: 'never' });
});

test('an error is written with name, message, code and causes, with its stack at level debug only', () => {
  const cause = Object.assign(new Error('inner'), { code: 'ECONNRESET' });
  const error = new TypeError('outer', { cause });
  const quiet = stage();
  quiet.logger.error('it failed', { error });
  const expected = { name: 'TypeError', message: 'outer', cause: { name: 'Error', message: 'inner', code: 'ECONNRESET' } };
  assert.deepEqual((quiet.last() as { error: unknown }).error, expected);
  const loud = stage({ level: 'debug', format: 'json' });
  loud.logger.error('it failed', { error });
  assert.match((loud.last() as { error: { stack: string } }).error.stack, /TypeError: outer\n/);
});

test('a level below the least one writes nothing, and its fields are not even looked at', () => {
  const { logger, written } = stage();
  const trap = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('looked at');
    },
  });
  logger.debug('quiet', trap);
  assert.deepEqual(written, []);
});

test('bound fields stand on every line, and the nearest wins', () => {
  const { logger, last } = stage();
  const bound = logger.with({ uid: 'u-1', room: 'aws' }).with({ room: 'kube' });
  bound.info('one', { tries: 1 });
  assert.deepEqual(last(), { time: '2026-01-01T00:00:00.000Z', level: 'info', message: 'one', uid: 'u-1', room: 'kube', tries: 1 });
});

test('no key or credential is written, not even by mistake', () => {
  const { logger, written } = stage();
  logger.info('x', {
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'hush', sessionToken: 'hush' },
    headers: { Authorization: 'Bearer hush' },
    pem: '-----BEGIN EC PRIVATE KEY-----\nhush\n-----END EC PRIVATE KEY-----\n',
    bytes: Buffer.from('hush'),
    error: new Error('key -----BEGIN PRIVATE KEY-----\nhush'),
  });
  assert.doesNotMatch(written.join(''), /hush/);
});

test('values that JSON does not know are written all the same', () => {
  const { logger, last } = stage();
  const round: Record<string, unknown> = {};
  round['self'] = round;
  logger.info('x', { big: 1n, when: new Date(0), never: new Date(Number.NaN), set: new Set([1]), map: new Map([['a', 1]]), round, call: stage });
  const line = last() as Record<string, unknown>;
  assert.equal(line['big'], '1');
  assert.equal(line['when'], '1970-01-01T00:00:00.000Z');
  assert.equal(line['never'], 'Invalid Date');
  assert.deepEqual(line['set'], [1]);
  assert.deepEqual(line['map'], { a: 1 });
  assert.equal(line['call'], '[function stage]');
});

test('text is for people', () => {
  const { logger, written } = stage({ level: 'info', format: 'text' });
  logger.warn('the watch broke', { cause: 'reset by peer', tries: 3, key: 'ns/name' });
  assert.equal(written[0], '2026-01-01T00:00:00.000Z WARN  the watch broke  cause="reset by peer"  tries=3  key=ns/name\n');
});
