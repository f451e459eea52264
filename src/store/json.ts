/** JSON that PostgreSQL takes: its text has no NUL, and no half of a surrogate pair. Throws on what is no JSON. */
export function toDatabaseJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Well-formed JSON.stringify leaves such characters as escapes, so one look at the text is enough.
  return /\\u(0000|d[89a-f])/.test(json) ? JSON.stringify(clean(value)) : json;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [cleanText(key), clean(child)]);
  return Object.fromEntries(entries);
}

/** UTF-8 has no half surrogates: going through it replaces them with U+FFFD, as we do with NUL. */
export function cleanText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\uFFFD');
}
