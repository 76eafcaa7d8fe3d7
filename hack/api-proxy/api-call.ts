// What does a call ask of the API server? Read from its method and URL, as the API server reads them.

export interface ApiCall {
  readonly verb: 'list' | 'watch' | 'get' | 'create' | 'update' | 'patch' | 'delete';
  /** Plural, without its group: `certificaterequests`. */
  readonly resource: string;
  /** `status`, or empty. */
  readonly subresource: string;
  /** Empty for a cluster-wide object, and for a list of all namespaces. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  /** A list's page after the first one. */
  readonly isLaterPage: boolean;
}

const writes: Readonly<Record<string, ApiCall['verb']>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** @param url path and query. What is no resource (`/version`) is a `get` of its path. */
export function readApiCall(method: string, url: string): ApiCall {
  const { pathname, searchParams } = new URL(url, 'https://api-server');
  const parts = pathname.split('/').filter((part) => part !== '').map(decodeURIComponent);
  const rest = parts[0] === 'apis' ? parts.slice(3) : parts[0] === 'api' ? parts.slice(2) : [];
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = pathname, name = '', subresource = ''] = isNamespaced ? rest.slice(2) : rest;
  const read = rest.length > 0 && name === '' ? (isTrue(searchParams.get('watch')) ? 'watch' : 'list') : 'get';
  return {
    verb: writes[method] ?? read,
    resource,
    subresource,
    namespace: isNamespaced ? (rest[1] ?? '') : '',
    name,
    isLaterPage: searchParams.has('continue'),
  };
}

/** @returns the URL with a list's page no longer than this. */
export function limitPage(url: string, pageSize: number): string {
  const [path = '', query = ''] = url.split('?');
  const parameters = new URLSearchParams(query);
  const asked = Number(parameters.get('limit') ?? 0);
  if (asked > 0 && asked <= pageSize) return url;
  parameters.set('limit', String(pageSize));
  return `${path}?${parameters.toString()}`;
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
