// A byte stream cut into lines, one JSON document each, as a watch sends them.

/**
 * @param chunks UTF-8; characters and lines may be split anywhere.
 * @returns non-empty lines. What stands after the last line feed is given only where the stream ended in order.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
