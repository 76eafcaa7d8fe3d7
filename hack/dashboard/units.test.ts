import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatted, scaleOf } from './units.ts';

test('a number is written as Grafana writes it, in the unit that suits its size', () => {
  const rows: readonly (readonly [value: number, unit: string, text: string])[] = [
    [0, 'none', '0'],
    [3, 'none', '3'],
    [0.0123, 's', '12.3 ms'],
    [1.84, 's', '1.84 s'],
    [90, 's', '1.5 mins'],
    [31_536_000 * 9.5, 's', '9.5 years'],
    [120, 'cpm', '120 cpm'],
    [2.5, 'reqps', '2.5 req/s'],
    [0.031, 'percentunit', '3.1%'],
    [96 * 2 ** 20, 'bytes', '96 MiB'],
    [3650, 'd', '10 years'],
    [1, 'bool_yes_no', 'Yes'],
    [0, 'bool_yes_no', 'No'],
    [12_345, 'none', '12345'],
  ];
  for (const [value, unit, text] of rows) assert.equal(formatted(value, unit), text, `${value} ${unit}`);
});

test('the values of an axis share the unit of the largest', () => {
  assert.equal(formatted(0.5, 's', scaleOf('s', 90)), '0.00833 mins');
  assert.equal(formatted(512 * 2 ** 10, 'bytes', scaleOf('bytes', 4 * 2 ** 20)), '0.5 MiB');
});
