import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readListenAddress } from './listen-address.ts';

test('addresses are read as Go writes them', () => {
  assert.deepEqual(readListenAddress(':8081'), { host: undefined, port: 8081 });
  assert.deepEqual(readListenAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(readListenAddress('localhost:80'), { host: 'localhost', port: 80 });
  assert.deepEqual(readListenAddress('[::1]:8081'), { host: '::1', port: 8081 });
  assert.equal(readListenAddress('0'), 'off');
});

test('what is no address is not guessed at', () => {
  for (const text of ['', '8081', ':', ':65536', '::1:80', 'a b:80', 'http://x:80', ':8o']) assert.equal(readListenAddress(text), undefined, text);
});
