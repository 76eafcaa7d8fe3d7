// In what does one value differ from another? As little of the new one as shows it.

type Map = Readonly<Record<string, unknown>>;

/** Stands where something was and is no more. */
export const gone = '(gone)';

/**
 * @returns the parts of `after` that `before` lacks or has otherwise; undefined where they are equal. Lists of one length are
 *          compared entry by entry, equal entries shown as `=`; others are shown whole.
 */
export function difference(before: unknown, after: unknown): unknown {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (isMap(before) && isMap(after)) {
    const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
      if (!(key in after)) return [[key, gone] as const];
      const change = key in before ? difference(before[key], after[key]) : after[key];
      return change === undefined ? [] : [[key, change] as const];
    });
    return changes.length === 0 ? undefined : Object.fromEntries(changes);
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && after.every((entry) => isMap(entry))) {
    const changes = after.map((entry, index) => difference(before[index], entry));
    return changes.every((change) => change === undefined) ? undefined : changes.map((change) => change ?? '=');
  }
  return after;
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
