import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { oidOf, smallIntegerOf, timeOf } from './der-values.ts';
import { readDer } from './der.ts';
import { PkiError } from './error.ts';
import { makeCertificate, makeCsr } from './test-certificates.ts';
import { mutated } from './test-mutations.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const oid = (hex: string): string => oidOf(readDer(bytes(hex)));

describe('strict DER', () => {
  const refused: Record<string, readonly [string, RegExp]> = {
    'nothing': ['', /ends too early/],
    'a tag without a length': ['30', /ends too early/],
    'bytes after the end': ['0500 00', /bytes follow/],
    'a length beyond the end': ['3003 0500', /reaches beyond/],
    'a child longer than its parent': ['3003 040200', /reaches beyond/],
    'an indefinite length': ['3080 0500 0000', /indefinite/],
    'a long length for a short value': ['308102 0500', /shortest form/],
    'a length with a leading zero': [`30820080${'0500'.repeat(64)}`, /shortest form/],
    'a length of five bytes': ['308500000000020500', /longer than any input/],
    'a length cut off': ['3082 01', /ends too early/],
    'a tag of several bytes': ['1f8101 00', /more than one byte/],
    'an end-of-contents mark': ['0000', /end-of-contents/],
    'a boolean of 01': ['010101', /boolean/],
    'an integer without content': ['0200', /integer/],
    'an integer with a leading zero': ['0202007f', /integer/],
    'a negative integer with a leading FF': ['0202ff80', /integer/],
    'an OID that ends inside an arc': ['06022a86', /object identifier/],
    'an OID arc with a leading 80': ['06032a8001', /object identifier/],
    'an empty OID': ['0600', /object identifier/],
    'a null with content': ['050100', /null/],
    'a bit string with bits behind its end': ['030204 1f', /bit string/],
    'a bit string that says 8 unused bits': ['030208ff', /bit string/],
    'an octet string in pieces': ['2403 040100', /not used so/],
    'a primitive sequence': ['1000', /not used so/],
  };
  for (const [what, [hex, message]] of Object.entries(refused)) {
    test(`refuses ${what}`, () => assert.throws(() => readDer(bytes(hex)), { name: 'PkiError', code: 'not-der', message }));
  }

  test('accepts what DER is', () => {
    for (const hex of ['3000', '0101ff', '010100', '020100', '02020080', '0500', '030100', '0302 07 80', 'a0020500', '8200', '310406022a03']) {
      readDer(bytes(hex));
    }
  });

  test('depth and size have limits', () => {
    const nested = (levels: number): Uint8Array => {
      let der = bytes('0500');
      for (let level = 1; level < levels; level += 1) der = Uint8Array.from([0x30, der.length, ...der]);
      return der;
    };
    readDer(nested(32));
    assert.throws(() => readDer(nested(33)), { code: 'not-der', message: /too deep/ });
    assert.throws(() => readDer(nested(3), { maxDepth: 2 }), { code: 'not-der' });
    assert.throws(() => readDer(bytes('0500'), { maxBytes: 1 }), { code: 'too-large' });
    assert.throws(() => readDer(new Uint8Array(262_145)), { code: 'too-large' });
  });

  test('the tree covers the bytes, and children are views of them', () => {
    const der = bytes('3007 020105 0c026162');
    const { children } = readDer(der);
    assert.deepEqual(children.map((child) => Buffer.from(child.der).toString('hex')), ['020105', '0c026162']);
    assert.equal(children[1]?.content.buffer, der.buffer);
  });

  test('object identifiers are read in every first arc, and UUID arcs too', () => {
    assert.equal(oid('06032a0304'), '1.2.3.4');
    assert.equal(oid('0603550403'), '2.5.4.3');
    assert.equal(oid('0603883703'), '2.999.3');
    assert.equal(oid('060127'), '0.39');
    assert.equal(oid(`0614 69 83ffffffffffffffffffffffffffffffffff7f`), '2.25.340282366920938463463374607431768211455');
    assert.throws(() => oid(`0641${'01'.repeat(65)}`), { code: 'not-der' });
  });

  test('dates are read in both types, to the century', () => {
    const date = (tag: string, text: string): string => timeOf('date', readDer(bytes(tag + Buffer.from(text).toString('hex')))).toISOString();
    assert.equal(date('170d', '491231235959Z'), '2049-12-31T23:59:59.000Z');
    assert.equal(date('170d', '500101000000Z'), '1950-01-01T00:00:00.000Z');
    assert.equal(date('180f', '99991231235959Z'), '9999-12-31T23:59:59.000Z');
    for (const text of ['260132000000Z', '260229000000Z', '260101240000Z', '26010100000+Z']) assert.throws(() => date('170d', text), { code: 'not-der' });
  });

  test('a number out of range is refused, not wrapped', () => {
    const number = (hex: string): number => smallIntegerOf('path length', readDer(bytes(hex)));
    assert.equal(number('0204 7fffffff'), 2_147_483_647);
    for (const hex of ['0201ff', '0205 0080000000', '0101ff']) assert.throws(() => number(hex), { code: 'not-der' });
  });

  test('every real document passes, and a mutated one passes or meets PkiError', () => {
    const documents = [makeCertificate({ isCA: true, pathLength: 1 }).der, makeCsr({ sans: [{ kind: 'dns', value: 'a.b' }] }).der];
    for (const der of documents) readDer(der);
    fc.assert(
      fc.property(mutated(documents), (der) => {
        try {
          readDer(der);
        } catch (error) {
          assert.ok(error instanceof PkiError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
