// What of a value may stand in a log line? Errors become plain data, bytes their length, deep structures end.

const deepest = 5;
/** A last guard: nobody may pass such a field, and if somebody does it is not written (docs/architecture.md, invariant 16). */
const secretName = /^(?:secretAccessKey|sessionToken|authorization|privateKey|password|token)$/i;
const privateKeyBlock = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

interface ErrorLike {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/**
 * @param withStack whether errors keep their stack.
 * @returns plain data that JSON.stringify takes.
 */
export function flatten(value: unknown, withStack: boolean, level = 0): unknown {
  if (typeof value === 'string') return value.replace(privateKeyBlock, '[private key]');
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return `[function ${value.name}]`;
  return typeof value === 'object' && value !== null ? flattenObject(value, withStack, level) : value;
}

function flattenObject(value: object, withStack: boolean, level: number): unknown {
  if (level >= deepest) return '…';
  const inner = (each: unknown): unknown => flatten(each, withStack, level + 1);
  if (value instanceof Error) {
    const { code, cause, errors } = value as ErrorLike;
    return {
      name: value.name,
      message: inner(value.message),
      ...(code === undefined ? {} : { code: inner(code) }),
      ...(cause === undefined ? {} : { cause: inner(cause) }),
      ...(Array.isArray(errors) ? { errors: inner(errors) } : {}),
      ...(withStack && value.stack !== undefined ? { stack: inner(value.stack) } : {}),
    };
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Set) return inner([...value]);
  if (value instanceof Map) return inner(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, secretName.test(name) && each !== undefined ? '[redacted]' : inner(each)]),
  );
}
