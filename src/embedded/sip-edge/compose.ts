import { formatUri, type Headers, headerKey, parseNameAddr, parseUri } from '../sip/index.ts';

/** Headers that the stack alone writes; what a client says of them is dropped, as drachtio drops it. */
const OURS = new Set(['via', 'route', 'rseq', 'record-route', 'content-length']);
const ADDRESSES = new Set(['from', 'to', 'contact', 'p-asserted-identity']);

export type HeaderList = readonly (readonly [string, string])[];

export function findHeader(headers: HeaderList, name: string): string | undefined {
  return headers.find(([other]) => headerKey(other) === name)?.[1];
}

/**
 * Puts a client's headers onto a message, except those in `skip`. Names get capitals as drachtio gives
 * them, `@localhost` becomes our address where an address stands.
 */
export function applyHeaders(
  target: Headers,
  headers: HeaderList,
  local: { readonly host: string; readonly port: number },
  skip: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  for (const [name, value] of headers) {
    const key = headerKey(name);
    if (OURS.has(key) || skip.has(key)) continue;
    const text = ADDRESSES.has(key) ? withLocalHost(value, local) : value;
    // A header given twice is two lines; one that we already wrote is replaced by the client's.
    if (seen.has(key)) target.add(properName(name), text);
    else target.set(properName(name), text);
    seen.add(key);
  }
}

/** `content-type` becomes `Content-Type`; what starts with X- stays as it was written. */
export function properName(name: string): string {
  if (/^x-/i.test(name)) return name;
  return name.replace(
    /(^|-)([a-z])/g,
    (_, dash: string, letter: string) => dash + letter.toUpperCase(),
  );
}

/** Replaces the host of an address that says `@localhost` (or, with `anyLocalhost`, just localhost). */
export function withLocalHost(
  value: string,
  local: { readonly host: string; readonly port: number },
  anyLocalhost = false,
): string {
  if (!value.includes(anyLocalhost ? 'localhost' : '@localhost')) return value;
  const parsed = parseNameAddr(value);
  const uri = parsed ? parseUri(parsed.uri) : undefined;
  if (!parsed || uri?.host !== 'localhost') return value;
  return value.replace(parsed.uri, formatUri({ ...uri, host: local.host, port: local.port }));
}

/** `Route=%3Csip%3Aproxy%3Blr%3E&…`: headers of a URI (RFC 3261 section 19.1.1). Undefined: it is none. */
export function uriHeaders(text = ''): HeaderList | undefined {
  const headers: [string, string][] = [];
  for (const part of text.split('&').filter(Boolean)) {
    const [, name, escaped] = /^([A-Za-z0-9.!%*_+`'~-]+)=(.*)$/.exec(part) ?? [];
    const value = escaped === undefined ? undefined : unescaped(escaped);
    if (name === undefined || value === undefined) return undefined;
    headers.push([properName(name), value]);
  }
  return headers;
}

/** Undefined: a broken escape, or a line of its own. */
function unescaped(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text);
    return /[\r\n\0]/.test(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** The Content-Type a body needs: given, or guessed from the start of an SDP. */
export function contentTypeOf(headers: HeaderList, body: string): string | undefined {
  const given = findHeader(headers, 'content-type');
  if (given !== undefined || body === '') return given;
  return body.startsWith('v=0') ? 'application/sdp' : undefined;
}
