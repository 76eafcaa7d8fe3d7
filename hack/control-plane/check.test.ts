import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkArguments, readReport } from './check.ts';

const data = { 'tls.crt': 'YQ==', 'tls.key': 'Yg==', 'ca.crt': 'Yw==' };

test('what is not asked for is not handed to the tool', () => {
  assert.deepEqual(checkArguments({ data }, { profile: 'istio-ca' }), ['--json', '--profile=istio-ca', '-']);
});

test('every expectation becomes a flag, lists by repetition', () => {
  assert.deepEqual(
    checkArguments({ data }, { profile: 'leaf', pathLength: 0, extendedKeyUsages: ['server auth', '1.2.3'], names: ['a.test', 'spiffe://a/b,c'] }, '/before'),
    [
      '--json', '--profile=leaf', '--path-len=0', '--extended-key-usage=server auth', '--extended-key-usage=1.2.3',
      '--name=a.test', '--name=spiffe://a/b,c', '--renewed-from=/before', '-',
    ],
  );
});

test('an empty list means none, which is not the same as no list', () => {
  assert.deepEqual(checkArguments({ data }, { profile: 'leaf', extendedKeyUsages: [], names: [] }), ['--json', '--profile=leaf', '--extended-key-usage=', '--name=', '-']);
});

test('an absent key belongs to a request, an empty one is judged', () => {
  const { 'tls.key': _key, ...request } = data;
  assert.ok(checkArguments({ data: request }, { profile: 'leaf' }).includes('--without-key'));
  assert.ok(!checkArguments({ data: { ...data, 'tls.key': '' } }, { profile: 'leaf' }).includes('--without-key'));
});

test('a report without a leaf is an error that lists what failed', () => {
  const checks = [
    { name: 'tls.crt is canonical PEM', holds: false, detail: 'it is empty or missing' },
    { name: 'ca.crt is canonical PEM', holds: true, detail: '500 bytes' },
  ];
  assert.throws(() => readReport(JSON.stringify({ holds: false, checks, leaf: null, intermediates: [], roots: [] })), {
    message: 'tls.crt holds nothing to judge:\ntls.crt is canonical PEM: it is empty or missing',
  });
});
