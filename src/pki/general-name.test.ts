import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDer } from './der.ts';
import { type GeneralName, readGeneralNames } from './general-name.ts';

const element = (tag: number, content: Uint8Array | string): Uint8Array => {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return Uint8Array.from([tag, bytes.length, ...bytes]);
};
const list = (tag: number, ...items: Uint8Array[]): Uint8Array => element(tag, Buffer.concat(items));
const san = (...names: Uint8Array[]): readonly GeneralName[] => readGeneralNames(readDer(list(0x30, ...names)));

describe('subject alternative names', () => {
  test('are compared by a canonical text', () => {
    assert.deepEqual(san(element(0x82, 'Istiod.ISTIO-system.svc'), element(0x86, 'spiffe://Td/ns/A'), element(0x81, 'Ops@b.c')), [
      { kind: 'dns', value: 'istiod.istio-system.svc' },
      { kind: 'uri', value: 'spiffe://Td/ns/A' },
      { kind: 'email', value: 'Ops@b.c' },
    ]);
  });

  test('write addresses in their shortest form', () => {
    const address = (hex: string): string | undefined => san(element(0x87, Buffer.from(hex, 'hex')))[0]?.value;
    assert.equal(address('0a000001'), '10.0.0.1');
    assert.equal(address('20010db8000000000000000000000001'), '2001:db8::1');
    assert.equal(address('00000000000000000000000000000000'), '::');
    assert.equal(address('20010db8000100000000000100000000'), '2001:db8:1::1:0:0');
    assert.throws(() => address('0a0000'), { code: 'not-der', message: /neither 4 nor 16/ });
  });

  test('of the rarer types stay different from each other', () => {
    const other = (value: string): Uint8Array => list(0xa0, Uint8Array.from([0x06, 2, 0x2a, 3]), list(0xa0, element(0x0c, value)));
    const [first, second, id, directory] = san(other('a'), other('b'), element(0x88, '\x2a\x03'), list(0xa4, list(0x30)));
    assert.match(first?.value ?? '', /^other name 1\.2\.3 a0/);
    assert.notEqual(first?.value, second?.value);
    assert.deepEqual(id, { kind: 'other', value: 'registered ID 1.2.3' });
    assert.deepEqual(directory, { kind: 'other', value: 'directory name a4023000' });
  });

  test('that hide control characters or other alphabets, or are of no known type, are refused', () => {
    for (const bad of ['a\0.b', 'a\nb', 'm\xfcnchen.de']) assert.throws(() => san(element(0x82, bad)), { code: 'not-der', message: /printable ASCII/ });
    assert.throws(() => san(element(0x89, 'a')), { code: 'not-der', message: /does not exist/ });
    assert.throws(() => readGeneralNames(readDer(element(0x0c, 'a'))), { code: 'not-der' });
  });
});
