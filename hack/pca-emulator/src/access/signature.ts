// What would the signature of this request be? AWS Signature Version 4 from the request's own bytes.
import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '../wire/request.ts';

export interface SignedScope {
  readonly accessKeyId: string;
  /** YYYYMMDD */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** Lower-case hex. */
  readonly signature: string;
}

const authorizationForm = /^AWS4-HMAC-SHA256\s+(.*)$/s;

/** The parts of an Authorization header; undefined for another algorithm, `missing` names absent or broken parts. */
export function parseAuthorization(header: string): { readonly scope?: SignedScope; readonly missing: readonly string[] } | undefined {
  const list = authorizationForm.exec(header)?.[1];
  if (list === undefined) return undefined;
  const parts = new Map(list.split(',').map((part) => splitAtEquals(part.trim())));
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  const [accessKeyId, day, region, service, end] = parts.get('Credential')?.split('/') ?? [];
  if (missing.length > 0) return { missing };
  if (!accessKeyId || !day || !region || !service || end !== 'aws4_request') return { missing: ['Credential'] };
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';');
  return { missing, scope: { accessKeyId, day, region, service, signedHeaders, signature: parts.get('Signature') ?? '' } };
}

/**
 * Signs the request again.
 * @param time  the request's own time, `YYYYMMDDTHHMMSSZ`
 * @returns lower-case hex
 */
export function expectedSignature(request: WireRequest, scope: SignedScope, time: string, secretAccessKey: string): string {
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    ...scope.signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    scope.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const credentialScope = `${scope.day}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, credentialScope, sha256(canonical)].join('\n');
  const key = [scope.day, scope.region, scope.service, 'aws4_request'].reduce<Buffer>(
    (derived, part) => hmac(derived, part),
    Buffer.from(`AWS4${secretAccessKey}`, 'utf8'),
  );
  return hmac(key, toSign).toString('hex');
}

/** Milliseconds since the epoch of `YYYYMMDDTHHMMSSZ`, or undefined. */
export function parseAmzDate(text: string): number | undefined {
  const digits = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (digits === null) return undefined;
  const [, year, month, day, hour, minute, second] = digits;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** `YYYYMMDDTHHMMSSZ` of a time in milliseconds since the epoch. */
export function formatAmzDate(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function canonicalPath(path: string): string {
  return path
    .split('/')
    .map((segment) => encoded(segment))
    .join('/');
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function splitAtEquals(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
