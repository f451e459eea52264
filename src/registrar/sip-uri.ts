import type { Binding } from '../runtime/ports/index.ts';

/** A SIP or SIPS URI that can be compared and routed (RFC 3261 section 19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** As written, escapes and all; empty when there is none. */
  readonly user: string;
  /** Lower case. */
  readonly host: string;
  readonly port: number | undefined;
  /** Names in lower case. */
  readonly params: Readonly<Record<string, string>>;
}

const URI_LENGTH_MAX = 512;
/** Spaces, quotes, angle brackets and control characters stand nowhere in a URI (RFC 3261 section 25.1). */
const FORBIDDEN = /[^\x21-\x7e]|[<>"\\^`{}|]/;

/** scheme, user, password, host, port, parameters, headers (RFC 3261 section 25.1). */
const URI =
  /^(sips?):(?:([^@:]*)(?::[^@]*)?@)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?((?:;[^;?]*)*)(?:\?.*)?$/i;

/**
 * Undefined: not a SIP URI, or one that is longer than any phone's. drachtio-srf's own parseUri takes the
 * parameters of `sip:1001@localhost;transport=tcp` for a part of the host; hence this one.
 */
export function parseSipUri(text: string): SipUri | undefined {
  if (text.length > URI_LENGTH_MAX || FORBIDDEN.test(text)) return undefined;
  const match = URI.exec(text);
  if (!match) return undefined;
  const [, scheme, user = '', host = '', port, params = ''] = match;
  if (Number(port) > 65_535) return undefined;
  return {
    scheme: scheme?.toLowerCase() === 'sips' ? 'sips' : 'sip',
    user,
    host: host.toLowerCase(),
    port: port === undefined ? undefined : Number(port),
    params: readParams(params),
  };
}

function readParams(text: string): SipUri['params'] {
  const params: Record<string, string> = Object.create(null);
  for (const param of text.split(';').filter(Boolean)) {
    const [name = '', value = ''] = param.split('=', 2);
    params[name.toLowerCase()] ??= value;
  }
  return params;
}

/** The parameters that make two URIs different when only one has them (RFC 3261 section 19.1.4). */
const SIGNIFICANT = ['transport', 'user', 'ttl', 'method', 'maddr'] as const;

/** Equal for URIs that are equal by RFC 3261 section 19.1.4, but for parameters unknown to it, which are ignored. */
export function uriKey(uri: SipUri): string {
  const params = SIGNIFICANT.map((name) => uri.params[name]?.toLowerCase() ?? '');
  return [uri.scheme, userOf(uri), uri.host, uri.port ?? '', ...params].join('|');
}

/** The user part without its escapes: `%31001` and `1001` are the same user. A broken escape stands for itself. */
export function userOf({ user }: SipUri): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** How a request reaches a phone: the request URI, and where to send it if that is not where the URI points. */
export interface Route {
  readonly uri: string;
  /** For drachtio-srf's `opts.proxy`. */
  readonly proxy?: string;
}

/**
 * The way to a binding. Behind NAT, when the REGISTER came from another host than its Contact names, a phone is
 * reached only where the REGISTER came from. Otherwise the Contact is believed: some desk phones send from one UDP
 * port and listen on another, and on TCP and TLS drachtio itself finds the connection that this Contact was
 * registered over, or opens a new one when it is gone. Where there are proxies between, it is they who know the way; and
 * a connection that a phone holds open to be called by is the only way to it (RFC 5626 section 5.3).
 */
export function routeOf(binding: Binding): Route {
  const { contactUri, receivedFrom, transport, path = [], flow } = binding;
  const [first] = path;
  if (first !== undefined) return { uri: contactUri, proxy: first };
  if (flow) return { uri: contactUri, proxy: `sip:${receivedFrom};transport=${transport}` };
  const host = parseSipUri(contactUri)?.host;
  if (host !== undefined && receivedFrom.startsWith(`${host}:`)) return { uri: contactUri };
  return { uri: contactUri, proxy: `sip:${receivedFrom};transport=${transport}` };
}
