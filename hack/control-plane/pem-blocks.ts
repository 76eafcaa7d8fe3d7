// Which certificates stand in a PEM text? As they stand, each with its line ends: nothing is read or mended here.

/** @returns one text for each certificate; none where the text is empty. */
export function pemBlocks(text: string): readonly string[] {
  return text.split(/(?<=-----END CERTIFICATE-----\n)/).filter((block) => block !== '');
}
