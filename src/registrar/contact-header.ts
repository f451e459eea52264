/** One entry of a REGISTER's Contact header (RFC 3261 section 20.10). */
export interface ContactEntry {
  readonly uri: string;
  /** Names in lower case, values without quotes. */
  readonly params: Readonly<Record<string, string>>;
}

const HEADER_LENGTH_MAX = 8_192;
const ENTRIES_MAX = 32;

const TOKEN = "[A-Za-z0-9\\-.!%*_+`'~]+";
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
/** `"Name" <uri>` or `Name <uri>` or `<uri>`. */
const NAME_ADDR = new RegExp(`\\s*(?:${QUOTED}|${TOKEN}(?:\\s+${TOKEN})*)?\\s*<([^<>]*)>`, 'y');
/** A bare URI has no parameters of its own: what follows a semicolon is the header's (section 20). */
const ADDR_SPEC = /\s*([^\s,;<>"]+)/y;
/** Values may also be hosts, as in `;received=[2001:db8::1]:5060`. */
const PARAM = new RegExp(`\\s*;\\s*(${TOKEN})(?:\\s*=\\s*(?:(${QUOTED})|([^\\s;,"]*)))?`, 'y');
const COMMA = /\s*,\s*/y;
const END = /\s*$/y;

/**
 * Reads the header strictly and in linear time: one entry that cannot be read makes all of it unreadable, since a
 * registration must be done as a whole or not at all. drachtio-srf's own parser stops silently at such an entry,
 * and drachtio-mw-registration-parser knows neither `*`, nor queries without Contact, nor each contact's own
 * expiry; hence this one. `*` stands for all bindings.
 */
export function parseContacts(text: string): readonly ContactEntry[] | '*' | undefined {
  if (text.length > HEADER_LENGTH_MAX) return undefined;
  if (text.trim() === '*') return '*';
  const entries: ContactEntry[] = [];
  let index = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = index;
    const match = pattern.exec(text);
    if (match) index = pattern.lastIndex;
    return match;
  };
  do {
    const uri = (take(NAME_ADDR) ?? take(ADDR_SPEC))?.[1]?.trim();
    if (!uri || entries.length >= ENTRIES_MAX) return undefined;
    entries.push({ uri, params: readParams(take) });
  } while (take(COMMA));
  return take(END) ? entries : undefined;
}

function readParams(take: (pattern: RegExp) => RegExpExecArray | null): ContactEntry['params'] {
  const params: Record<string, string> = Object.create(null);
  for (let param = take(PARAM); param; param = take(PARAM)) {
    const quoted = param[2]?.slice(1, -1).replace(/\\(.)/g, '$1');
    params[param[1]?.toLowerCase() ?? ''] ??= quoted ?? param[3] ?? '';
  }
  return params;
}
