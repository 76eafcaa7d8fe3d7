// Which labels does a Kubernetes label selector select? As apimachinery's LabelSelectorAsSelector judges it.
import type { NamespaceSelector } from './api.gen.ts';

export type Labels = Readonly<Record<string, string>>;

/** All of them must hold; none at all selects everything. */
export type LabelSelector = readonly Requirement[];

export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Some for In and NotIn, none for the others. */
  readonly values: readonly string[];
}

export function readSelector({ matchLabels = {}, matchExpressions = [] }: NamespaceSelector): LabelSelector {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] }) as const),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values })),
  ];
}

/** A label that is not there is not in any list of values. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

/** As the API server takes it in `?labelSelector=`. */
export function writeSelector(selector: LabelSelector): string {
  return selector
    .map(({ key, operator, values }) => {
      switch (operator) {
        case 'In':
          return `${key} in (${values.join(',')})`;
        case 'NotIn':
          return `${key} notin (${values.join(',')})`;
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
      }
    })
    .join(',');
}

const operators: ReadonlySet<string> = new Set<Requirement['operator']>(['In', 'NotIn', 'Exists', 'DoesNotExist']);
const namePattern = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefixPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * What the API server would refuse in a selector of its own, but cannot judge in ours.
 * @param field its path, such as spec.requestPolicy.namespaceSelector.
 */
export function selectorFaults(field: string, { matchLabels = {}, matchExpressions = [] }: NamespaceSelector): readonly string[] {
  const faults: string[] = [];
  const judge = (where: string, key: string, values: readonly string[]): void => {
    if (!isLabelKey(key)) faults.push(`${where} has the key "${key}", which is not the name of a label; one looks like team or example.com/team`);
    const odd = values.find((value) => value !== '' && !namePattern.test(value));
    if (odd !== undefined) faults.push(`${where} has the value "${odd}", which no label can have`);
  };
  for (const [key, value] of Object.entries(matchLabels)) judge(`${field}.matchLabels`, key, [value]);
  matchExpressions.forEach(({ key, operator, values = [] }, index) => {
    const where = `${field}.matchExpressions[${index}]`;
    const wantsValues = operator === 'In' || operator === 'NotIn';
    judge(where, key, values);
    if (!operators.has(operator)) faults.push(`${where}.operator is "${operator}"; write In, NotIn, Exists or DoesNotExist`);
    else if (wantsValues && values.length === 0) faults.push(`${where}.values must name at least one value for the operator ${operator}`);
    else if (!wantsValues && values.length > 0) faults.push(`${where}.values must be empty for the operator ${operator}`);
  });
  return faults;
}

function isLabelKey(key: string): boolean {
  const [first = '', second, ...more] = key.split('/');
  if (more.length > 0) return false;
  return second === undefined ? namePattern.test(first) : first.length <= 253 && prefixPattern.test(first) && namePattern.test(second);
}
