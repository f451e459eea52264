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

/** scheme, user, password, host, port, parameters, headers (RFC 3261 section 25.1); a `?` stands in no user's name here. */
const URI =
  /^(sips?):(?:([^@:?]*)(?::[^@?]*)?@)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?((?:;[^;?]*)*)(?:\?.*)?$/i;

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
  /** What follows a `?` in it becomes headers of the request (RFC 3261 section 19.1.1). */
  readonly uri: string;
  /** For drachtio-srf's `opts.proxy`. */
  readonly proxy?: string;
}

/** drachtio reads the request URI, headers and all, into 255 octets, and wants one for the end. */
export const REQUEST_URI_LENGTH_MAX = 254;

/**
 * The way to a binding. Behind NAT, when the REGISTER came from another host than its Contact names, a phone is
 * reached only where the REGISTER came from. Otherwise the Contact is believed: some desk phones send from one UDP
 * port and listen on another, and on TCP and TLS drachtio itself finds the connection that this Contact was
 * registered over, or opens a new one when it is gone. Where there are proxies between, it is they who know the way; and
 * a connection that a phone holds open to be called by is the only way to it (RFC 5626 section 5.3).
 *
 * Nobody who registers has us call another host than their own: it might be a trunk's, which takes our calls for ours.
 */
export function routeOf(binding: Binding): Route {
  const { receivedFrom, transport, path = [], flow } = binding;
  // Headers that a phone writes into its Contact are none of ours (section 19.1.5).
  const [uri = ''] = binding.contactUri.split('?', 1);
  const source = `sip:${receivedFrom};transport=${transport}`;
  const first = parseSipUri(path[0] ?? '');
  if (first) return { uri: `${uri}?Route=${routeSet(path)}`, proxy: hopTo(first, binding) };
  if (flow) return { uri, proxy: source };
  const contact = parseSipUri(uri);
  const host = contact?.params.maddr ?? contact?.host;
  if (host !== undefined && receivedFrom.startsWith(`${host}:`)) return { uri };
  return { uri, proxy: source };
}

/** A Route (RFC 3327 section 5.3) in the request URI: drachtio takes one nowhere else. */
const routeSet = (path: readonly string[]): string =>
  encodeURIComponent(path.map((hop) => `<${hop}>`).join(','));

/** The proxy before us, at its own port; by TLS over its own connection, because its certificate is for a name. */
function hopTo({ port, params }: SipUri, { receivedFrom, transport }: Binding): string {
  if (transport === 'tls') return `sip:${receivedFrom};transport=tls`;
  const address = receivedFrom.replace(/:\d+$/, '');
  const place = port === undefined ? address : `${address}:${port}`;
  return `sip:${place};transport=${params.transport?.toLowerCase() === 'tcp' ? 'tcp' : 'udp'}`;
}
