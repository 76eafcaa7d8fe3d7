import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NamespaceSelector } from './api.gen.ts';
import { readSelector, selectorFaults, selects, writeSelector, type Labels } from './label-selector.ts';

const field = 'spec.requestPolicy.namespaceSelector';
const expression = (key: string, operator: string, ...values: readonly string[]): NamespaceSelector => ({ matchExpressions: [{ key, operator, values }] as never });

test('a selector selects as Kubernetes does, case by case', () => {
  const cases: readonly (readonly [NamespaceSelector, Labels, boolean])[] = [
    [{}, {}, true],
    [{}, { mesh: 'true' }, true],
    [{ matchLabels: {} }, {}, true],
    [{ matchLabels: { mesh: 'true' } }, { mesh: 'true', team: 'a' }, true],
    [{ matchLabels: { mesh: 'true' } }, { mesh: 'false' }, false],
    [{ matchLabels: { mesh: 'true' } }, {}, false],
    [{ matchLabels: { mesh: '' } }, {}, false],
    [{ matchLabels: { mesh: '' } }, { mesh: '' }, true],
    [{ matchLabels: { mesh: 'true', team: 'a' } }, { mesh: 'true' }, false],
    [expression('team', 'In', 'a', 'b'), { team: 'b' }, true],
    [expression('team', 'In', 'a', 'b'), { team: 'c' }, false],
    [expression('team', 'In', 'a'), {}, false],
    [expression('team', 'NotIn', 'a'), { team: 'a' }, false],
    [expression('team', 'NotIn', 'a'), { team: 'b' }, true],
    [expression('team', 'NotIn', 'a'), {}, true],
    [expression('team', 'Exists'), { team: '' }, true],
    [expression('team', 'Exists'), {}, false],
    [expression('team', 'DoesNotExist'), {}, true],
    [expression('team', 'DoesNotExist'), { team: '' }, false],
    [expression('toString', 'Exists'), {}, false],
    [{ matchLabels: { mesh: 'true' }, ...expression('team', 'NotIn', 'x') }, { mesh: 'true', team: 'x' }, false],
  ];
  for (const [selector, labels, expected] of cases) {
    assert.equal(selects(readSelector(selector), labels), expected, `${JSON.stringify(selector)} of ${JSON.stringify(labels)}`);
  }
});

const key = fc.constantFrom('a', 'b');
const value = fc.constantFrom('', 'x', 'y');
const labels = fc.dictionary(key, value);
const requirement = fc.record({ key, operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'), values: fc.array(value, { minLength: 1 }) });

test('NotIn is the opposite of In, and DoesNotExist of Exists; more conditions never select more', () => {
  const opposites: Readonly<Record<string, string>> = { In: 'NotIn', NotIn: 'In', Exists: 'DoesNotExist', DoesNotExist: 'Exists' };
  fc.assert(
    fc.property(requirement, requirement, labels, (one, other, given) => {
      const [first, both, opposite] = [[one], [one, other], [{ ...one, operator: opposites[one.operator] ?? '' }]].map((matchExpressions) =>
        selects(readSelector({ matchExpressions } as never), given),
      );
      assert.notEqual(first, opposite);
      assert.ok(!both || first);
    }),
  );
});

test('a selector that the API server would refuse is a fault, by its field', () => {
  const cases: readonly (readonly [NamespaceSelector, string])[] = [
    [expression('team', 'In'), `${field}.matchExpressions[0].values must name at least one value for the operator In`],
    [expression('team', 'NotIn'), `${field}.matchExpressions[0].values must name at least one value for the operator NotIn`],
    [expression('team', 'Exists', 'a'), `${field}.matchExpressions[0].values must be empty for the operator Exists`],
    [expression('team', 'DoesNotExist', 'a'), `${field}.matchExpressions[0].values must be empty for the operator DoesNotExist`],
    [expression('team', 'Gt', '1'), `${field}.matchExpressions[0].operator is "Gt"; write In, NotIn, Exists or DoesNotExist`],
    [expression('', 'Exists'), `${field}.matchExpressions[0] has the key "", which is not the name of a label; one looks like team or example.com/team`],
    [{ matchLabels: { 'a/b/c': 'x' } }, `${field}.matchLabels has the key "a/b/c", which is not the name of a label; one looks like team or example.com/team`],
    [{ matchLabels: { team: 'no spaces' } }, `${field}.matchLabels has the value "no spaces", which no label can have`],
  ];
  for (const [selector, fault] of cases) assert.deepEqual(selectorFaults(field, selector), [fault]);
});

test('a sound selector has no fault, and is written as the API server takes it', () => {
  const selector: NamespaceSelector = {
    matchLabels: { 'kubernetes.io/metadata.name': 'apps', mesh: '' },
    matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['a', 'b'] }, { key: 'team', operator: 'Exists' }, { key: 'team', operator: 'DoesNotExist', values: [] }],
  };
  assert.deepEqual(selectorFaults(field, selector), []);
  assert.equal(writeSelector(readSelector(selector)), 'kubernetes.io/metadata.name in (apps),mesh in (),team notin (a,b),team,!team');
});
