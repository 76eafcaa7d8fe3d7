// Which tags does a session get? Those that are asked for, and the transitive ones of the session that asks.
import type { SessionTags } from '../access/credentials.ts';
import { ApiError } from '../wire/api-error.ts';

export interface RequestedTags {
  readonly tags: SessionTags;
  readonly transitiveTagKeys: readonly string[];
}

const mostTags = 50;
const longest = { key: 128, value: 256 } as const;
const tagForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const sentence = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]+`;

/**
 * Reads Tags.member.N.Key, Tags.member.N.Value and TransitiveTagKeys.member.N.
 * @throws ApiError ValidationError for too many tags, and for keys and values of the wrong length or form; InvalidParameterValue for a key that comes twice
 */
export function requestedTags(form: URLSearchParams): RequestedTags {
  const rows = members(form, 'Tags', ['Key', 'Value']);
  if (rows.length > mostTags) throw failed(`[${rows.length} tags]`, 'tags', `Member must have length less than or equal to ${mostTags}`);
  const tags = rows.map(({ Key: key, Value: value }, index): readonly [string, string] => {
    const place = `tags.${index + 1}.member`;
    if (key === undefined) throw failed('null', `${place}.key`, 'Member must not be null');
    if (value === undefined) throw failed('null', `${place}.value`, 'Member must not be null');
    if (key.length === 0) throw failed(key, `${place}.key`, 'Member must have length greater than or equal to 1');
    checkText(key, `${place}.key`, longest.key);
    checkText(value, `${place}.value`, longest.value);
    return [key, value];
  });
  // To STS, keys that differ in case only are the same.
  if (new Set(tags.map(([key]) => key.toLowerCase())).size < tags.length) {
    throw new ApiError('InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  const transitiveTagKeys = members(form, 'TransitiveTagKeys', ['']).map((row) => row[''] ?? '');
  if (transitiveTagKeys.length > mostTags) throw failed(`[${transitiveTagKeys.length} keys]`, 'transitiveTagKeys', `Member must have length less than or equal to ${mostTags}`);
  const stranger = transitiveTagKeys.find((key) => !tags.some(([known]) => known === key));
  if (stranger !== undefined) throw new ApiError('InvalidParameterValue', 'The specified transitive tag key must be included in the requested tags.');
  return { tags: Object.fromEntries(tags), transitiveTagKeys };
}

/**
 * Adds what the caller's session hands on.
 * @throws ApiError InvalidParameterValue when a tag is asked for that is handed on already
 */
export function withTransitiveTags(asked: RequestedTags, caller: { readonly tags?: SessionTags; readonly transitiveTagKeys?: readonly string[] }): RequestedTags {
  const { tags = {}, transitiveTagKeys: handedOn = [] } = caller;
  const askedKeys = Object.keys(asked.tags).map((key) => key.toLowerCase());
  if (handedOn.some((key) => askedKeys.includes(key.toLowerCase()))) {
    throw new ApiError('InvalidParameterValue', "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.");
  }
  const inherited = Object.fromEntries(handedOn.map((key) => [key, tags[key] ?? '']));
  return { tags: { ...inherited, ...asked.tags }, transitiveTagKeys: [...handedOn, ...asked.transitiveTagKeys] };
}

function checkText(text: string, place: string, most: number): void {
  if (text.length > most) throw failed(text, place, `Member must have length less than or equal to ${most}`);
  if (!tagForm.test(text)) throw failed(text, place, `Member must satisfy regular expression pattern: ${sentence}`);
}

/** The rows of a list in the query protocol, in order; `''` stands for a member that is a text itself. */
function members<Name extends string>(form: URLSearchParams, list: string, names: readonly Name[]): Partial<Record<Name, string>>[] {
  const rows: Partial<Record<Name, string>>[] = [];
  for (let number = 1; ; number++) {
    const row: Partial<Record<Name, string>> = {};
    for (const name of names) {
      const value = form.get(`${list}.member.${number}${name === '' ? '' : `.${name}`}`);
      if (value !== null) row[name] = value;
    }
    if (Object.keys(row).length === 0) return rows;
    rows.push(row);
  }
}

function failed(value: string, place: string, constraint: string): ApiError {
  return new ApiError('ValidationError', `1 validation error detected: Value '${value}' at '${place}' failed to satisfy constraint: ${constraint}`);
}
