// PEM as AWS writes it: 64 columns, LF, no newline at the end.

export function toPem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
}

/**
 * Reads the only PEM block of a text.
 * @param labels  the labels that may stand in its first line
 * @returns DER, or undefined when there is no such block, more than one, or text around it
 */
export function fromPem(text: string, labels: readonly string[]): Buffer | undefined {
  const block = /^\s*-----BEGIN ([A-Z ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+?)-----END \1-----\s*$/.exec(text);
  if (block === null || !labels.includes(String(block[1]))) return undefined;
  return Buffer.from(String(block[2]).replaceAll(/\s/g, ''), 'base64');
}
