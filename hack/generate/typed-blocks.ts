// How much of each guide do the tests type? docs/guides/README.md says so in the last column of its table, counted here.
import { blocksOf } from '../docs/markdown.ts';

/**
 * @param index the page with the table
 * @param pages text by file name, of the guides that e2e/guides types; the other rows stay as they are.
 */
export function withTypedBlocks(index: string, pages: ReadonlyMap<string, string>): string {
  return index.replaceAll(/^(\| .* \| \[(.+?\.md)\]\(.+?\) \| .+ \| ).+ \|$/gm, (row, before: string, file: string) => {
    const page = pages.get(file);
    return page === undefined ? row : `${before}${typedOf(page)} |`;
  });
}

function typedOf(page: string): string {
  const commands = blocksOf(page).filter(({ language }) => language === 'bash');
  const typed = commands.filter(({ text }) => !text.startsWith('# needs: '));
  return typed.length === commands.length ? `all ${commands.length} blocks` : `${typed.length} of ${commands.length} blocks`;
}
