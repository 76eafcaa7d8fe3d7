// What is a call to the API server called in failures and logs? Its verb and resource, no names: stable between objects.

/** @returns `PATCH certificaterequests/status` for /apis/cert-manager.io/v1/namespaces/a/certificaterequests/b/status. */
export function describeOperation(method: string, path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const afterVersion = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : parts;
  const isNamespaced = afterVersion[0] === 'namespaces' && afterVersion.length > 2;
  const [resource = path, , subresource] = isNamespaced ? afterVersion.slice(2) : afterVersion;
  return `${method} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}
