import type Srf from 'drachtio-srf';
import type { Binding } from '../runtime/ports/index.ts';

/** What the registrar reads of drachtio-srf's request: small enough for a test to make one. */
export type SipRequest = Pick<
  Srf.SrfRequest,
  'method' | 'uri' | 'get' | 'source_address' | 'source_port' | 'protocol'
>;
export type SipResponse = Pick<Srf.SrfResponse, 'finalResponseSent' | 'send'>;

/** Where a request came from, as the SIP stack saw it; what the request says about itself can be a lie. */
export interface Source {
  readonly address: string;
  /** `host:port`, an IPv6 host in brackets. */
  readonly hostPort: string;
  /** Undefined: a transport that the house does not speak (WebSocket). */
  readonly transport: Binding['transport'] | undefined;
}

export function sourceOf(req: SipRequest): Source {
  const address = req.source_address.replace(/^\[|\]$/g, '');
  const host = address.includes(':') ? `[${address}]` : address;
  const protocol = req.protocol.toLowerCase();
  const transport =
    protocol === 'udp' || protocol === 'tcp' || protocol === 'tls' ? protocol : undefined;
  return { address, hostPort: `${host}:${req.source_port}`, transport };
}

/** A header's value, unfolded and trimmed (RFC 3261 section 7.3.1); several lines of one header are joined by commas. */
export function header(req: SipRequest, name: string): string | undefined {
  const value: unknown = req.get(name);
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : undefined;
}
