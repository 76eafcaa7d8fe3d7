// Which sentences does the source write? Its string literals, with … for all that is put into them.

const gap = '…';

/** @param source TypeScript without regular expressions that hold quotes. */
export function literalsOf(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const found: string[] = [];
  const note = (text: string): string => {
    found.push(text);
    return gap;
  };
  readInto(code, note);
  return found;
}

function readInto(code: string, note: (text: string) => string): void {
  for (let at = 0; at < code.length; at++) {
    const quote = code[at];
    if (quote === '\'' || quote === '"') at = readQuoted(code, at, quote, note);
    else if (quote === '`') at = readTemplate(code, at, note);
  }
}

/** @returns where it ends. */
function readQuoted(code: string, start: number, quote: string, note: (text: string) => string): number {
  let text = '';
  let at = start + 1;
  for (; at < code.length && code[at] !== quote && code[at] !== '\n'; at++) text += code[at] === '\\' ? (code[++at] ?? '') : (code[at] ?? '');
  note(text);
  return at;
}

/** What is put into a template may hold literals of its own. */
function readTemplate(code: string, start: number, note: (text: string) => string): number {
  let text = '';
  let at = start + 1;
  for (; at < code.length && code[at] !== '`'; at++) {
    if (code[at] === '\\') text += code[++at] ?? '';
    else if (code[at] === '$' && code[at + 1] === '{') {
      const end = endOfHole(code, at + 2);
      readInto(code.slice(at + 2, end), note);
      text += gap;
      at = end;
    } else text += code[at] ?? '';
  }
  note(text);
  return at;
}

function endOfHole(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length; at++) {
    if (code[at] === '`') at = readTemplate(code, at, () => gap);
    else if (code[at] === '{') depth++;
    else if (code[at] === '}' && --depth === 0) return at;
  }
  return code.length;
}

/** The parts of a sentence that do not vary, without punctuation around them, where they are long enough to be told from others. */
export function fixedParts(sentence: string, shortest: number): readonly string[] {
  return sentence
    .split(gap)
    .map((part) => part.replaceAll(/\s+/g, ' ').replaceAll(/^[\s:;,()]+|[\s:;,()]+$/g, ''))
    .filter((part) => part.length >= shortest);
}

const shortestPiece = 12;

/** @param written all literals, one a line. @returns whether the text is one of them, or some of them one after the other. */
export function isPutTogether(text: string, written: string): boolean {
  for (let rest = text.trim(); rest !== ''; ) {
    let length = rest.length;
    while (length >= shortestPiece && !written.includes(rest.slice(0, length).trim())) length--;
    if (length < Math.min(shortestPiece, rest.length)) return false;
    rest = rest.slice(length).trim();
  }
  return true;
}
