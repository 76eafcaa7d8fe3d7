// AWS's own words without the parts that change between attempts, so that a condition never flaps.

/** Each pattern and what takes its place; account ids (12 digits) and the UUID in a CA's ARN stay. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/\s*Deserialization error: to see the raw response[\s\S]*$/, ''],
  // Older service texts: "(Service: …; Status Code: 400; Error Code: …; Request ID: …; Proxy: null)".
  [/\s*\(Service: [^)]*\)/g, ''],
  [/[\s,;(]{0,8}\b(?:AWS )?Request[ -]?ID ?[:=] ?[\w-]+\)?/gi, ''],
  [/[\s,;(]{0,8}\bX-Amzn-Trace-Id: ?[^\s,;)]+\)?/gi, ''],
  // Other ids; the one in an ARN stays.
  [/(?<![\w/:-])[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?![\w-])/gi, '<id>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?: GMT| UTC)?/g, '<time>'],
  [/(:assumed-role\/[\w+=,.@-]+)\/[\w+=,.@-]+/g, '$1'],
  [/\b\d{8}T\d{6}Z\b/g, '<time>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  // Epoch seconds and milliseconds.
  [/(?<![\w:/.-])[12]\d{9}(?:\d{3})?(?![\w:/.-])/g, '<time>'],
  [/\s+- Local \([^)]*\)/g, ''],
  [/((?:\d{1,3}\.){3}\d{1,3}|\]|localhost):\d{1,5}\b/g, '$1'],
  [/Encoded authorization failure message: \S+/g, ''],
];

const longest = 1_000;
/** More is not looked at: a proxy's page may have megabytes, and patterns that look back and forth need time. */
const longestRead = 8_000;

/** @returns one line, at most 1000 characters. */
export function stableMessage(message: string): string {
  let text = message.slice(0, longestRead).replaceAll(/\s+/g, ' ');
  for (const [pattern, replacement] of changing) text = text.replace(pattern, replacement);
  text = text.replaceAll(/\s+/g, ' ').trim();
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
