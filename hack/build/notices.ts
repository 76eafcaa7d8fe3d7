// What do the licences of what is in the bundle ask us to pass on? Each text once, under the packages that carry it.
import type { BundledPackage } from './bundled-packages.ts';

const line = '-'.repeat(80);

/** @returns the page. A package without a text of its own is listed by the name of its licence. */
export function notices(packages: readonly BundledPackage[]): string {
  const carriers = new Map<string, string[]>();
  const without: string[] = [];
  for (const { name, version, licence, texts } of packages) {
    const title = `${name} ${version} (${licence ?? 'licence not stated'})`;
    if (texts.length === 0) without.push(title);
    for (const text of texts) carriers.set(text, [...(carriers.get(text) ?? []), title]);
  }
  return [
    'pca-issuer is licensed under the Apache License 2.0. Its bundle holds the packages below, under licences of their own.',
    ...[...carriers].map(([text, titles]) => [line, ...titles, line, '', text].join('\n')),
    ...(without.length === 0 ? [] : [[line, 'These packages come without a text: what stands in brackets is their licence.', ...without].join('\n')]),
    '',
  ].join('\n\n').trimEnd().concat('\n');
}
