// What does an API object look like from outside, and how are several read from YAML?
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
}

export interface Metadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string; readonly kind: string; readonly name: string }[];
  readonly finalizers?: readonly string[];
}

/** Any object as JSON gives it; narrow it with a type argument where its spec matters. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the caller's to know
  readonly [field: string]: any;
}

/** Reads YAML with any number of documents; empty ones are passed over. @throws the YAML reader's complaint, with its line */
export function parseManifests(text: string): readonly ApiObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    const value = document.toJS() as ApiObject | null;
    return value === null ? [] : [value];
  });
}

/** @param path  a YAML file, or a folder whose `.yaml` files are read in the order of their names. */
export async function readManifests(path: string): Promise<readonly ApiObject[]> {
  if (!(await stat(path)).isDirectory()) return parseManifests(await readFile(path, 'utf8'));
  const files = (await readdir(path)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(path, name), 'utf8')));
  return texts.flatMap(parseManifests);
}

/** As the API writes instants: in whole seconds. */
export function timestamp(at = new Date()): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** What can be said about an object in one line: its conditions, else its phase or fields. */
export function describeState(object: ApiObject | undefined): string {
  if (object === undefined) return 'it does not exist';
  const conditions = (object['status']?.conditions ?? []) as readonly Condition[];
  const told = conditions.map(({ type, status, reason = '', message = '' }) => `${type}=${status} ${reason}: ${message}`);
  if (told.length > 0) return told.join('; ');
  return `it has no conditions${object['status'] === undefined ? ' and no status' : `; status ${JSON.stringify(object['status']).slice(0, 300)}`}`;
}
