/** One header's credentials, or one challenge: parameter names in lower case, values without their quotes. */
export type AuthParams = Readonly<Record<string, string>>;

const HEADER_LENGTH_MAX = 4_096;
/** `name = token` or `name = "quoted"` (RFC 7616 section 3.4), sticky: it goes through the header once. */
const PARAM = /\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*/y;
const SCHEME = /\s*([A-Za-z0-9_-]+)\s+(?=[A-Za-z0-9_-]+\s*=)/y;
const COMMA = /\s*,\s*/y;

/**
 * The Digest credentials, or challenges, in a header; of schemes other than Digest nothing is kept. Several lines of the header
 * arrive joined by commas, so a new scheme name after a comma starts the next credentials. What is malformed ends
 * the reading: what was complete before it counts.
 */
export function parseDigestCredentials(header: string): readonly AuthParams[] {
  if (header.length > HEADER_LENGTH_MAX) return [];
  const found: AuthParams[] = [];
  const at = { index: 0 };
  for (let scheme = take(SCHEME, header, at); scheme; scheme = take(SCHEME, header, at)) {
    const params = takeParams(header, at);
    if (scheme[1]?.toLowerCase() === 'digest') found.push(params);
  }
  return found;
}

function takeParams(header: string, at: { index: number }): AuthParams {
  const params: Record<string, string> = Object.create(null);
  for (let param = take(PARAM, header, at); param; param = take(PARAM, header, at)) {
    const name = param[1]?.toLowerCase() ?? '';
    // The first of two equal names counts: what follows must not overrule what was already read.
    params[name] ??= param[2]?.replace(/\\(.)/g, '$1') ?? param[3] ?? '';
    if (!take(COMMA, header, at) || startsScheme(header, at.index)) break;
  }
  return params;
}

function startsScheme(header: string, index: number): boolean {
  SCHEME.lastIndex = index;
  return SCHEME.test(header);
}

function take(pattern: RegExp, text: string, at: { index: number }): RegExpExecArray | null {
  pattern.lastIndex = at.index;
  const match = pattern.exec(text);
  if (match) at.index = pattern.lastIndex;
  return match;
}
