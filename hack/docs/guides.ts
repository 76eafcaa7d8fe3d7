// Which pages tell people what to copy? Their blocks are tested as they stand.
import { globSync } from 'node:fs';

/** @returns paths from the root of the repository. */
export function guides(root: string): readonly string[] {
  return ['docs/troubleshooting.md', 'docs/operations.md', ...globSync('docs/guides/*.md', { cwd: root }).toSorted()];
}
