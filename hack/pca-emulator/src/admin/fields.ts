// Reading the body of an admin request: a wrong field is told by name, not guessed at.
import { ApiError } from '../wire/api-error.ts';
import type { WireRequest } from '../wire/request.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function bodyFields(request: WireRequest): Fields {
  let value: unknown;
  try {
    value = request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'));
  } catch {
    throw bad('the body is not JSON');
  }
  return objectFields(value, 'the body');
}

export function objectFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(`${what} must be an object`);
  return { ...value };
}

/** @throws ApiError BadRequest when a field stands there that nobody reads, which is mostly a slip of the pen */
export function onlyFields(fields: Fields, names: readonly string[]): void {
  const unknown = Object.keys(fields).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw bad(`unknown field ${unknown.join(', ')}; known are ${names.join(', ')}`);
}

export function text(fields: Fields, name: string): string {
  const value = optionalText(fields, name);
  if (value === undefined) throw bad(`${name} is required`);
  return value;
}

export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw bad(`${name} must be a string`);
  return value;
}

export function optionalNumber(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw bad(`${name} must be a number`);
  return value;
}

/** @param range  what the message says: `above 0` */
export function optionalBetween(fields: Fields, name: string, lowest: number, highest: number, range: string): number | undefined {
  const value = optionalNumber(fields, name);
  if (value !== undefined && (value < lowest || value > highest)) throw bad(`${name} must be ${range}`);
  return value;
}

export function optionalFlag(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') throw bad(`${name} must be true or false`);
  return value;
}

export function optionalChoice<Choice extends string>(fields: Fields, name: string, choices: readonly Choice[]): Choice | undefined {
  const value = optionalText(fields, name);
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw bad(`${name} must be one of ${choices.join(', ')}`);
  return choice;
}

export function optionalList<Item>(fields: Fields, name: string, read: (item: unknown) => Item): Item[] | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw bad(`${name} must be a list`);
  return value.map(read);
}

/** Names with a pattern for each. */
export function optionalPatterns(fields: Fields, name: string): Record<string, string> | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  const patterns = objectFields(value, name);
  return Object.fromEntries(Object.keys(patterns).map((key) => [key, text(patterns, key)]));
}

export function bad(message: string): ApiError {
  return new ApiError('BadRequest', message);
}
