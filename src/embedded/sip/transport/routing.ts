import { formatVia, parseUri, parseVia, type SipUri, type Via } from '../grammar.ts';
import { type SipRequest, type SipResponse, topVia } from '../message.ts';
import { bare, defaultPort, isStream, type Origin, type Protocol, type Target } from './address.ts';

/**
 * Notes in the topmost Via where the request really came from: `received` if the host differs or
 * rport was asked for, and the port in `rport` (RFC 3261 section 18.2.1, RFC 3581 section 4). With
 * `force` every UDP peer is treated as if it had asked: phones behind NAT do not always know that they are.
 */
export function markReceived(request: SipRequest, origin: Origin, force = false): void {
  const via = topVia(request);
  if (!via) return;
  const params = new Map(via.params);
  const asked = params.has('rport') || (force && origin.protocol === 'udp');
  if (asked || bare(via.host).toLowerCase() !== origin.host) params.set('received', origin.host);
  if (asked) params.set('rport', String(origin.port));
  request.headers.replaceFirst('Via', formatVia({ ...via, params }));
}

/** Where a response goes, by the topmost Via and the way its request came (RFC 3261 section 18.2.2). */
export function responseTarget(response: SipResponse, origin: Origin): Target {
  const via = topVia(response);
  if (!via) return origin;
  // A reliable transport answers on the same connection, and opens one to sent-by if it is gone.
  if (isStream(origin.protocol)) {
    return {
      protocol: origin.protocol,
      host: via.params.get('received') ?? via.host,
      port: via.port ?? defaultPort(origin.protocol),
      ...(origin.connectionId === undefined ? {} : { connectionId: origin.connectionId }),
    };
  }
  const maddr = via.params.get('maddr');
  if (maddr) return { protocol: 'udp', host: maddr, port: via.port ?? 5060 };
  // RFC 3581 section 4: with rport, to the very address and port the request came from.
  const port = rportOf(via) ?? via.port ?? 5060;
  return { protocol: 'udp', host: via.params.get('received') ?? via.host, port };
}

function rportOf(via: Via): number | undefined {
  const rport = Number(via.params.get('rport'));
  return Number.isInteger(rport) && rport > 0 && rport <= 65_535 ? rport : undefined;
}

/** The next hop of a request: the topmost Route, else the Request-URI (RFC 3261 section 8.1.2). */
export function nextHopUri(request: SipRequest): string {
  const route = request.headers.get('route');
  if (route === undefined) return request.uri;
  const match = /<([^>]*)>/.exec(route);
  return match?.[1] ?? route;
}

/** Address and transport of a URI; the host may still be a name. undefined: not a URI we can reach. */
export function targetOfUri(uri: string | SipUri, fallback: Protocol = 'udp'): Target | undefined {
  const parsed = typeof uri === 'string' ? parseUri(uri) : uri;
  const protocol = parsed && protocolOf(parsed, fallback);
  if (!parsed || !protocol) return undefined;
  return {
    protocol,
    host: bare(parsed.params.get('maddr') ?? parsed.host),
    port: parsed.port ?? defaultPort(protocol),
  };
}

/** A SIPS URI is reached by TLS, whose transport is TCP (RFC 3261 section 26.2.2). */
function protocolOf(uri: SipUri, fallback: Protocol): Protocol | undefined {
  const transport = uri.params.get('transport')?.toLowerCase();
  if (uri.scheme === 'sips') {
    return transport === undefined || /^(tcp|tls)$/.test(transport) ? 'tls' : undefined;
  }
  if (transport === undefined) return fallback;
  return transport === 'udp' || transport === 'tcp' || transport === 'tls' ? transport : undefined;
}

/** The topmost Via of a request that we send. */
export function ourVia(protocol: Protocol, host: string, port: number, branch: string): string {
  return `SIP/2.0/${protocol.toUpperCase()} ${host}:${port};rport;branch=${branch}`;
}

/** The branch of a Via that came back to us. */
export const branchOf = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : parseVia(value)?.params.get('branch');
