// Does a text hold a credential?
import { open } from 'node:fs/promises';

export interface Credential {
  /** What may be said of it: never the value. */
  readonly name: string;
  readonly value: string;
}

/** A token of a ServiceAccount or of anybody else: header and claims are JSON, a signature follows. */
const jwt = /eyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]{20,}/;

/** @returns what was found, as it is or in base64, without its value. */
export function leaksIn(text: string, credentials: readonly Credential[]): readonly string[] {
  const found = credentials.filter(({ value }) => text.includes(value) || text.includes(Buffer.from(value).toString('base64'))).map(({ name }) => name);
  return jwt.test(text) ? [...found, 'a token (JWT)'] : found;
}

/** Everything secret that an emulator ever gave out. @param file its state, of which each line is a change: table, key and value. */
export async function credentialsOf(file: string): Promise<readonly Credential[]> {
  const credentials: Credential[] = [];
  const state = await open(file);
  for await (const line of state.readLines()) {
    const [table, key, row] = JSON.parse(line) as [string, string, Partial<Record<'secretAccessKey' | 'sessionToken', string>> | null];
    for (const field of ['secretAccessKey', 'sessionToken'] as const) {
      const value = row?.[field];
      if (value !== undefined) credentials.push({ name: `${field} of ${key} (${table})`, value });
    }
  }
  return credentials;
}
