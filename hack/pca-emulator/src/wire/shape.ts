// Has the input the shape that the API's model asks for? All faults are told in one ValidationException, in AWS's words.
import { ApiError } from './api-error.ts';

export type Shape =
  | { readonly kind: 'string'; readonly min?: number; readonly max?: number; readonly pattern?: string; readonly values?: readonly string[] }
  | { readonly kind: 'blob'; readonly min: number; readonly max: number }
  | { readonly kind: 'long'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'list'; readonly min?: number; readonly max: number; readonly of: Shape }
  | { readonly kind: 'structure'; readonly members: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

/**
 * Holds an input against its shape.
 * @throws ApiError SerializationException for a value of the wrong JSON type; ValidationException for every broken constraint together
 */
export function checkShape(input: Readonly<Record<string, unknown>>, shape: Extract<Shape, { kind: 'structure' }>): void {
  const faults = faultsOf(input, shape, '');
  if (faults.length === 0) return;
  const count = faults.length === 1 ? '1 validation error' : `${faults.length} validation errors`;
  throw new ApiError('ValidationException', `${count} detected: ${faults.join('; ')}`);
}

function faultsOf(value: unknown, shape: Shape, path: string): string[] {
  switch (shape.kind) {
    case 'string': {
      if (typeof value !== 'string') throw wrongType(path, 'a String');
      const { values, pattern } = shape;
      return [
        ...lengthFaults(value.length, shape, value, path),
        ...(pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value)
          ? [fault(value, path, `satisfy regular expression pattern: ${pattern}`)]
          : []),
        ...(values !== undefined && !values.includes(value) ? [fault(value, path, `satisfy enum value set: [${values.join(', ')}]`)] : []),
      ];
    }
    case 'blob': {
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw wrongType(path, 'a base64 Blob');
      const { length } = Buffer.from(value, 'base64');
      return lengthFaults(length, shape, `java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`, path);
    }
    case 'long': {
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(path, 'a Long');
      const { min = -Infinity, max = Infinity } = shape;
      if (value < min) return [fault(value, path, `have value greater than or equal to ${min}`)];
      return value > max ? [fault(value, path, `have value less than or equal to ${max}`)] : [];
    }
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'a Boolean');
      return [];
    case 'list': {
      if (!Array.isArray(value)) throw wrongType(path, 'a List');
      const members = value.flatMap((member, index) => faultsOf(member, shape.of, `${path}.${index + 1}.member`));
      return [...lengthFaults(value.length, shape, `[${value.length} members]`, path), ...members];
    }
    case 'structure': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'a Structure');
      const given = new Map<string, unknown>(Object.entries(value));
      return Object.entries(shape.members).flatMap(([name, member]) => {
        const memberPath = path === '' ? lowerCamel(name) : `${path}.${lowerCamel(name)}`;
        const memberValue = given.get(name) ?? null;
        if (memberValue !== null) return faultsOf(memberValue, member, memberPath);
        return shape.required?.includes(name) ? [`Value null at '${memberPath}' failed to satisfy constraint: Member must not be null`] : [];
      });
    }
  }
}

function lengthFaults(length: number, { min = 0, max = Infinity }: { min?: number; max?: number }, value: string, path: string): string[] {
  if (length < min) return [fault(value, path, `have length greater than or equal to ${min}`)];
  return length > max ? [fault(value, path, `have length less than or equal to ${max}`)] : [];
}

function fault(value: string | number, path: string, constraint: string): string {
  return `Value '${value}' at '${path}' failed to satisfy constraint: Member must ${constraint}`;
}

function wrongType(path: string, expected: string): ApiError {
  return new ApiError('SerializationException', `The value at '${path}' cannot be read as ${expected}.`);
}

function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
