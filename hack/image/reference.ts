// Which values of the chart name an image, and how is it written in a pod?

export interface ImageValues {
  readonly image: { readonly repository: string; readonly tag?: string; readonly digest?: string };
}

/**
 * @param reference  such as `registry.example.com:5000/pca-issuer:1.2`, or with `@sha256:…`
 * @returns values for helm. @throws Error where it names neither tag nor digest
 */
export function imageValues(reference: string): ImageValues {
  const [name = '', digest] = reference.split('@');
  const [, repository = name, tag] = /^(.+):([\w.-]+)$/.exec(name) ?? [];
  if (digest !== undefined) return { image: { repository, digest } };
  if (tag === undefined) throw new Error(`"${reference}" names no image: it needs a tag or a digest.`);
  return { image: { repository, tag } };
}

/** @returns what a pod names, as the chart writes it. */
export function imageReference({ image: { repository, tag = '', digest } }: ImageValues): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}
