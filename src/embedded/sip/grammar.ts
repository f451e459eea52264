/** The small grammars inside header values: RFC 3261 section 25.1. */

/** Parameters in order; a parameter without value maps to the empty string. Names are lower-case. */
export type Params = ReadonlyMap<string, string>;

export interface SipUri {
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  readonly headers?: string;
}

export interface NameAddr {
  readonly display?: string;
  readonly uri: string;
  readonly params: Params;
}

export interface Via {
  readonly protocol: string;
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
}

export interface CSeq {
  readonly seq: number;
  readonly method: string;
}

/** Splits at a separator that stands outside quotes and angle brackets. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let quoted = false;
  let angle = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '<') angle++;
    else if (char === '>') angle = Math.max(0, angle - 1);
    else if (char === separator && angle === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim());
}

export function parseParams(parts: readonly string[]): Map<string, string> {
  const params = new Map<string, string>();
  for (const part of parts) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals === -1 ? '' : part.slice(equals + 1).trim();
    if (name !== '' && !params.has(name)) params.set(name, value);
  }
  return params;
}

export function formatParams(params: Params): string {
  let text = '';
  for (const [name, value] of params) text += value === '' ? `;${name}` : `;${name}=${value}`;
  return text;
}

const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?)$/;

/** Takes `host[:port]` apart, with IPv6 in brackets. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const match = /^(\[[^\]]*\]|[^:\s]+)(?:\s*:\s*(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1];
  if (!host || !HOST.test(host)) return undefined;
  if (match[2] === undefined) return { host };
  const port = Number(match[2]);
  return port > 65_535 ? undefined : { host, port };
}

/** Parses a `sip:` or `sips:` URI; `tel:` and others give undefined (RFC 3261 section 19.1). */
export function parseUri(text: string): SipUri | undefined {
  const scheme = /^(sips?):/i.exec(text)?.[1];
  if (!scheme || text.length > 2_048) return undefined;
  const rest = text.slice(scheme.length + 1);
  const at = userEnd(rest);
  const tail = at === -1 ? rest : rest.slice(at + 1);
  const question = tail.indexOf('?');
  const [hostport = '', ...params] = (question === -1 ? tail : tail.slice(0, question)).split(';');
  const address = parseHostPort(hostport);
  if (!address || /[\s<>"]/.test(rest)) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    ...userOf(at === -1 ? '' : rest.slice(0, at)),
    ...address,
    params: parseParams(params),
    ...(question === -1 ? {} : { headers: tail.slice(question + 1) }),
  };
}

/** The @ that ends the user part: none is looked for inside the headers after a question mark. */
function userEnd(rest: string): number {
  return rest.indexOf('@');
}

function userOf(userinfo: string): { user?: string; password?: string } {
  if (userinfo === '') return {};
  const colon = userinfo.indexOf(':');
  if (colon === -1) return { user: userinfo };
  return { user: userinfo.slice(0, colon), password: userinfo.slice(colon + 1) };
}

export function formatUri(uri: SipUri): string {
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${formatParams(uri.params)}${headers}`;
}

/**
 * From, To, Contact, Route, Refer-To. Without angle brackets the parameters belong to the header,
 * not to the URI (RFC 3261 section 20.10).
 */
export function parseNameAddr(text: string): NameAddr | undefined {
  const value = text.trim();
  const open = angleStart(value);
  if (open === -1) return parseAddrSpec(value);
  const close = value.indexOf('>', open);
  if (close === -1) return undefined;
  const display = unquote(value.slice(0, open).trim());
  const tail = value.slice(close + 1).trim();
  if (tail !== '' && !tail.startsWith(';')) return undefined;
  const uri = value.slice(open + 1, close).trim();
  if (!isAbsoluteUri(uri)) return undefined;
  return {
    ...(display === '' ? {} : { display }),
    uri,
    params: parseParams(splitOutside(tail, ';')),
  };
}

function parseAddrSpec(value: string): NameAddr | undefined {
  const [uri = '', ...params] = splitOutside(value, ';');
  if (!isAbsoluteUri(uri)) return undefined;
  return { uri, params: parseParams(params) };
}

function isAbsoluteUri(uri: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(uri);
}

/** The `<` that opens the URI: one inside a quoted display name does not count. */
function angleStart(value: string): number {
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    if (quoted && value[i] === '\\') i++;
    else if (value[i] === '"') quoted = !quoted;
    else if (!quoted && value[i] === '<') return i;
  }
  return -1;
}

export function unquote(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

export function formatNameAddr(address: NameAddr): string {
  const display =
    address.display === undefined ? '' : `"${address.display.replace(/(["\\])/g, '\\$1')}" `;
  return `${display}<${address.uri}>${formatParams(address.params)}`;
}

/** The tag of a From or To value, if it has one. */
export function tagOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : parseNameAddr(value)?.params.get('tag') || undefined;
}

/** Adds a tag to a From or To value that has none. */
export function withTag(value: string, tag: string): string {
  if (tagOf(value) !== undefined) return value;
  // Without angle brackets a tag would still be a header parameter, so both forms may be appended to.
  return `${value};tag=${tag}`;
}

const VIA = /^(SIP\s*\/\s*2\.0)\s*\/\s*([A-Za-z0-9-]+)\s+(.*)$/is;

export function parseVia(text: string): Via | undefined {
  const match = VIA.exec(text.trim());
  if (!match) return undefined;
  const [sentBy = '', ...params] = splitOutside(match[3] ?? '', ';');
  const address = parseHostPort(sentBy);
  if (!address) return undefined;
  return {
    protocol: 'SIP/2.0',
    transport: (match[2] ?? '').toUpperCase(),
    ...address,
    params: parseParams(params),
  };
}

export function formatVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `${via.protocol}/${via.transport} ${via.host}${port}${formatParams(via.params)}`;
}

/** RFC 3261 section 8.1.1.5: a sequence number is below 2^31; receivers take all of 32 bits. */
export function parseCSeq(text: string | undefined): CSeq | undefined {
  const match = /^\s*(\d{1,10})\s+([A-Za-z0-9.!%*_+`'~-]+)\s*$/.exec(text ?? '');
  if (!match) return undefined;
  const seq = Number(match[1]);
  return seq > 0xffff_ffff ? undefined : { seq, method: match[2] ?? '' };
}
