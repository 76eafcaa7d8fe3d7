import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableEnd, tableStart, withValuesTable } from './values-table.ts';

const readme = `before\n${tableStart}\nold rows\n${tableEnd}\nafter\n`;

test('each described value is a row with its default, and the rest of the page stays', () => {
  const page = withValuesTable(readme, '# -- How many.\ncount: 1\n\nimage:\n  # -- Where it is,\n  # on two lines.\n  name: ""\n# -- All of it.\nmap:\n  a: [b]\n');
  assert.match(page, /^before\n[^]*\nafter\n$/);
  assert.deepEqual(page.split('\n').filter((line) => line.startsWith('| `')), [
    '| `count` | `1` | How many. |',
    '| `image.name` | `""` | Where it is, on two lines. |',
    '| `map` | `{"a":["b"]}` | All of it. |',
  ]);
  assert.doesNotMatch(page, /old rows/);
});

test('a value that nobody described is an error that names it', () => {
  assert.throws(() => withValuesTable(readme, 'image:\n  tag: ""\n'), /image\.tag has no/);
});

test('a page without the markers is refused', () => {
  assert.throws(() => withValuesTable('nothing here', 'a: 1\n'), /lacks the lines/);
});
