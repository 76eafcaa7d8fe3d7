// How to look into foreign JSON without believing it: a missing or mistyped part reads as empty.

export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** Of a Kubernetes object; empty where it has none of that name, or is not there. */
export function annotationOf(object: Json | undefined, key: string): string {
  return text(record(record(object?.['metadata'])['annotations'])[key]);
}

/** An RFC 3339 instant; undefined where the text is none. */
export function date(value: unknown): Date | undefined {
  const parsed = new Date(text(value));
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
