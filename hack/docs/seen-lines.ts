// Did a command print what its page shows? Each line that is shown stands for one whole line, and `…` for whatever is not shown.

/**
 * @param shown  lines that come in this order, each once; others may come between them
 * @returns the first line that was not printed, undefined where all were.
 */
export function missingLine(shown: string, printed: string): string | undefined {
  const lines = printed.split('\n');
  let from = 0;
  for (const line of shown.split('\n').filter((each) => each.trim() !== '')) {
    const at = lines.findIndex((each, index) => index >= from && patternOf(line).test(each));
    if (at === -1) return line;
    from = at + 1;
  }
  return undefined;
}

/** Columns are as wide as their content, so that any space is as good as another. */
function patternOf(line: string): RegExp {
  const parts = line.trim().split('…').map((part) => part.split(/\s+/).map((word) => RegExp.escape(word)).join(String.raw`\s+`));
  return new RegExp(String.raw`^\s*${parts.join('.*').replaceAll(String.raw`\s+.*\s+`, String.raw`\s+(?:.*\s+)?`)}\s*$`);
}
