import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { PkiError } from './error.ts';
import { readPem, writePem } from './pem.ts';
import { makeCertificate } from './test-certificates.ts';

const body = Buffer.from('a body that is longer than one line of sixty-four columns of base64').toString('base64');
const block = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;
const bytesOf = (text: string): string[] => readPem(text).map(({ label, der }) => `${label} ${Buffer.from(der).toString('base64')}`);
const one = [`CERTIFICATE ${body}`];

describe('PEM', () => {
  test('what is written is read back, and is written in the same bytes again', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 5 }), (ders) => {
        const text = ders.map((der) => writePem('CERTIFICATE', der)).join('');
        const blocks = readPem(text);
        assert.deepEqual(blocks.map(({ der }) => Buffer.from(der)), ders.map((der) => Buffer.from(der)));
        assert.equal(blocks.map(({ label, der }) => writePem(label, der)).join(''), text);
      }),
    );
  });

  test('the canonical text is the one that OpenSSL writes', () => {
    const { der } = makeCertificate({ subject: 'golden' });
    assert.equal(writePem('CERTIFICATE', der), new X509Certificate(der).toString());
  });

  const tolerated: Record<string, readonly [string, readonly string[]]> = {
    'no newline at the end, as AWS gives it': [block, one],
    'CRLF': [block.replaceAll('\n', '\r\n'), one],
    'CR alone': [block.replaceAll('\n', '\r'), one],
    'a base64 line of 20 columns': [block.replace(body, body.replace(/.{20}/g, '$&\n')), one],
    'blank and indented lines': [block.replaceAll('\n', '\n \t\n    '), one],
    'everything on one line': [block.replaceAll('\n', ' '), one],
    'prose and a byte order mark around it': [`\uFEFFsubject=CN = a - b\n${block}\nand that was it\n`, one],
    'no newline between two blocks': [block + block, [...one, ...one]],
    'a blank line between two blocks': [`${block}\n\n\n${block}\n`, [...one, ...one]],
  };
  for (const [what, [text, expected]] of Object.entries(tolerated)) {
    test(`is read with ${what}`, () => assert.deepEqual(bytesOf(text), expected));
  }

  const refused: Record<string, readonly [string, RegExp]> = {
    'nothing at all': ['', /no PEM block/],
    'prose only': ['hello', /no PEM block/],
    'base64 without its lines': [body, /no PEM block/],
    'a block cut off in its body': [block.slice(0, 60), /block 1 \(CERTIFICATE\) does not end/],
    'a block that ends as something else': [block.replace('END CERTIFICATE', 'END PRIVATE KEY'), /does not end with its END line/],
    'a second block cut off': [`${block}\n${block.slice(0, 60)}`, /block 2 \(CERTIFICATE\) does not end/],
    'an END line alone': [`${body}\n-----END CERTIFICATE-----\n`, /END line without its BEGIN/],
    'a block inside a block': [block.replace(body, block), /does not end with its END line/],
    'an empty body': [block.replace(body, ''), /not base64/],
    'a character that is not base64': [block.replace(body, `${body.slice(0, -4)}a*==`), /not base64/],
    'padding that is missing': [block.replace(body, 'YQ'), /not base64/],
    'padding in the middle': [block.replace(body, 'YQ==YQ=='), /not base64/],
    'headers': [block.replace(body, `Proc-Type: 4,ENCRYPTED\n\n${body}`), /not base64/],
    'an empty label': ['-----BEGIN -----\nYQ==\n-----END -----', /BEGIN line that is not one/],
  };
  for (const [what, [text, message]] of Object.entries(refused)) {
    test(`is refused for ${what}`, () => assert.throws(() => readPem(text), { name: 'PkiError', code: 'not-pem', message }));
  }

  test('the limit counts bytes, and the text that reaches it is still read', () => {
    assert.equal(readPem(block, { maxBytes: block.length }).length, 1);
    assert.throws(() => readPem(block, { maxBytes: block.length - 1 }), { code: 'too-large' });
    assert.throws(() => readPem(`${block}${'é'.repeat(165_000)}`), { code: 'too-large' });
  });

  test('no text makes the reader throw anything but PkiError', () => {
    const pieces = fc.constantFrom('-----BEGIN ', '-----END ', '-----', 'CERTIFICATE', 'YQ==', '\n', 'x', ' ');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (words) => {
        try {
          readPem(words.join(''));
        } catch (error) {
          assert.ok(['not-pem', 'too-large'].includes((error as PkiError).code));
        }
      }),
    );
  });
});
