import type { Route } from './branch.ts';

/** The one way out of the house. */
export interface Trunk {
  /** `sip:host:port;transport=udp`. */
  readonly uri: string;
  /** For the digest that it asks for; absent: it knows us by our address. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** The number that those who are called see. */
  readonly callerId?: string;
  /** A trunk that has said nothing to an INVITE by then is dead. */
  readonly responseMsMax: number;
}

const URI = /^(sips?):([^@;>?\s]+)((?:;[^?\s]*)?)$/i;

/** The number as the user part of the trunk's own address (RFC 3261 section 19.1.6: a `tel:` URI is never sent). */
export function routeToNumber(trunk: Trunk, number: string): Route {
  const [, scheme = 'sip', host = '', parameters = ''] = URI.exec(trunk.uri) ?? [];
  return withAuth(trunk, { uri: `${scheme}:${number}@${host}${parameters}` });
}

/** Somebody else's address: the trunk is the next hop, and finds the way. */
export function routeToAddress(trunk: Trunk, uri: string): Route {
  return withAuth(trunk, { uri, proxy: trunk.uri });
}

const withAuth = ({ auth }: Trunk, route: Route): Route => (auth ? { ...route, auth } : route);

/** Who calls. The assertion is for the trunk, which believes it or not (RFC 3325). */
export function trunkHeaders(trunk: Trunk, to: string): Record<string, string> {
  const { callerId } = trunk;
  const from = `<sip:${callerId ?? 'anonymous'}@localhost>`;
  return {
    From: from,
    To: `<${to}>`,
    ...(callerId === undefined ? {} : { 'P-Asserted-Identity': from }),
  };
}
