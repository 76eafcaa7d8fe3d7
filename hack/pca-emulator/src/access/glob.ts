// Does a text match a pattern as IAM writes them: * for any run of characters, ? for one?

export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`).test(text);
}

/** Does each name that has a pattern have a text that matches it? */
export function matchesGlobs(patterns: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>>): boolean {
  return Object.entries(patterns).every(([name, pattern]) => {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
    return text !== undefined && matchesGlob(pattern, text);
  });
}
