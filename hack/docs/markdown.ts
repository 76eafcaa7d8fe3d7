// What stands in a page for people to copy, and under which headings?

export interface Block {
  /** What follows the fence: `yaml`, `json`, `bash`, `text`. */
  readonly language: string;
  /** Without the indentation of the fence. */
  readonly text: string;
}

export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```/gm)].map(([, indent = '', language = '', text = '']) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Helm values, marked so by their first line; the rest of a page's YAML is meant for kubectl. */
export function isValues({ language, text }: Block): boolean {
  return language === 'yaml' && text.startsWith('# values.yaml\n');
}

/** The text below each heading of a level, up to the next heading of that level or a higher one. */
export function sectionsOf(page: string, level: number): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let title: string | undefined;
  for (const line of withoutComments(page).split('\n')) {
    const [, marks = '', heading = ''] = /^(#+) (.*)$/.exec(line) ?? [];
    if (marks !== '' && marks.length <= level) title = marks.length === level ? heading : undefined;
    else if (title !== undefined) sections.set(title, `${sections.get(title) ?? ''}${line}\n`);
    if (title !== undefined && !sections.has(title)) sections.set(title, '');
  }
  return sections;
}

/** A comment in a block of bash or YAML begins as a heading does. */
function withoutComments(page: string): string {
  return page.replaceAll(/^( *)```(\w+)\n[\s\S]*?^ *```/gm, (block) => block.replaceAll(/^#/gm, ' #'));
}

/** What a link within the page may lead to, as GitHub names headings. */
export function headingsOf(page: string): ReadonlySet<string> {
  const titles = [...withoutComments(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
  return new Set(titles.map((title) => title.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-')));
}
