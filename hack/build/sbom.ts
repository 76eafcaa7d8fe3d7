// What is in the bundle, for machines: a CycloneDX document that is the same for the same bundle.
import { createHash } from 'node:crypto';
import type { BundledPackage } from './bundled-packages.ts';

export interface Described {
  readonly version: string;
  /** lower-case hex of the bundle's SHA-256 */
  readonly sha256: string;
  readonly packages: readonly BundledPackage[];
}

/** @returns CycloneDX 1.6 as JSON. No date is in it and its serial number comes from the contents, so that it can be reproduced. */
export function sbom({ version, sha256, packages }: Described): string {
  const components = packages.map((each) => ({
    type: 'library',
    'bom-ref': purl(each),
    ...nameParts(each.name),
    version: each.version,
    ...(each.integrity === undefined ? {} : { hashes: [sha512(each.integrity)] }),
    ...(each.licence === undefined ? {} : { licenses: [/ (OR|AND|WITH) /.test(each.licence) ? { expression: each.licence } : { license: { id: each.licence } }] }),
    purl: purl(each),
  }));
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([version, sha256, components]))}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `pca-issuer@${version}`,
        name: 'pca-issuer',
        version,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
    dependencies: [{ ref: `pca-issuer@${version}`, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function nameParts(name: string): { readonly group?: string; readonly name: string } {
  const [scope, rest] = name.split('/');
  return rest === undefined ? { name } : { group: scope ?? '', name: rest };
}

function purl({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function sha512(integrity: string): { readonly alg: 'SHA-512'; readonly content: string } {
  return { alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') };
}

/** A UUID of version 8 (RFC 9562: its bits are ours to choose). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
