import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDer } from './der.ts';
import { readName } from './distinguished-name.ts';

const element = (tag: number, content: Uint8Array | string): Uint8Array => {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return Uint8Array.from([tag, bytes.length, ...bytes]);
};
const list = (tag: number, ...items: Uint8Array[]): Uint8Array => element(tag, Buffer.concat(items));
const commonName = Uint8Array.from([0x06, 3, 0x55, 4, 3]);
const attribute = (type: Uint8Array, value: Uint8Array): Uint8Array => list(0x30, type, value);
const cn = (tag: number, text: Uint8Array | string): Uint8Array => attribute(commonName, element(tag, text));
const name = (...components: Uint8Array[]): ReturnType<typeof readName> => readName('subject', readDer(list(0x30, ...components)));

describe('distinguished names', () => {
  test('stand as RFC 4514 writes them, last component first', () => {
    const organisation = attribute(Uint8Array.from([0x06, 3, 0x55, 4, 10]), element(0x0c, 'Acme'));
    const ours = attribute(Uint8Array.from([0x06, 3, 0x2a, 3, 4]), element(0x0c, 'x'));
    assert.equal(name(list(0x31, organisation), list(0x31, cn(0x0c, 'a'), ours)).text, 'CN=a+1.2.3.4=x,O=Acme');
    assert.deepEqual(name(), { text: '', isEmpty: true, commonName: undefined });
  });

  test('escape what would be taken for structure or would break a line of a log', () => {
    assert.equal(name(list(0x31, cn(0x0c, '#a,b=c+"d"\\ '))).text, 'CN=\\#a\\,b=c\\+\\"d\\"\\\\\\ ');
    assert.equal(name(list(0x31, cn(0x0c, ' '))).text, 'CN=\\ ');
    assert.equal(name(list(0x31, cn(0x13, 'a\n\0'))).text, 'CN=a\\0A\\00');
    assert.equal(name(list(0x31, cn(0x0c, Buffer.from('a\u202eb')))).text, 'CN=a\\E2\\80\\AEb');
  });

  test('are read in every string type, and shown in hex when they are none', () => {
    assert.equal(name(list(0x31, cn(0x0c, Buffer.from('Zürich')))).commonName, 'Zürich');
    assert.equal(name(list(0x31, cn(0x14, 'Z\xfcrich'))).commonName, 'Zürich');
    assert.equal(name(list(0x31, cn(0x1e, Buffer.from('004f0070', 'hex')))).commonName, 'Op');
    const broken = name(list(0x31, cn(0x0c, 'Z\xfcrich')));
    assert.equal(broken.commonName, undefined);
    assert.match(broken.text, /^CN=#0c06/);
  });

  test('have the last common name where there are several, as Go reads it', () => {
    assert.equal(name(list(0x31, cn(0x0c, 'first')), list(0x31, cn(0x0c, 'last'))).commonName, 'last');
  });

  test('with an empty component are refused', () => assert.throws(() => name(list(0x31)), { code: 'not-der' }));
});
